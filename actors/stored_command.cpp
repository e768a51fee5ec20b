// SPDX-License-Identifier: MIT
#include "actors/stored_command.hpp"

#include <algorithm>
#include <charconv>

#include "actors/headers.hpp"
#include "envelopes/errc.hpp"

namespace tidings {

namespace {

std::optional<uint64_t> number(std::string_view text) {
  uint64_t value = 0;
  auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  return ec == std::errc{} && end == text.data() + text.size() ? std::optional{value} : std::nullopt;
}

} // namespace

caf::expected<stored_command_ptr> read_stored_command(const catalog& models, const net::nats_message& msg, const log_position& position) {
  auto request = parse_command_request(msg.data());
  if (!request) return request.error();
  auto entry = models.find_command(request->command_type);
  if (!entry.model) return make_error(errc::no_handler, "no model declares " + request->command_type);
  auto key = key_of(*entry.model, *entry.spec, request->payload, request->command_id);
  if (!key) return key.error();
  auto owner = token::admit(msg.header(command_headers::owner), "owner");
  if (!owner) return owner.error();
  stored_command command{std::move(*request), std::move(*owner), std::move(*key), position,
                         std::string{msg.header(command_headers::digest)}, std::string{msg.header(command_headers::traceparent)},
                         number(msg.header(command_headers::expected_revision)), {}, {}, std::move(entry)};
  if (auto expires = number(msg.header(command_headers::expires)))
    command.expires = std::chrono::system_clock::time_point{milliseconds{*expires}};
  if (auto delay = number(msg.header(command_headers::delay))) command.delay = std::min(milliseconds{*delay}, longest_delay);
  command.retry = static_cast<uint32_t>(number(msg.header(command_headers::retry)).value_or(0));
  return std::make_shared<const stored_command>(std::move(command));
}

} // namespace tidings
