// SPDX-License-Identifier: MIT
#include "actors/stored_message.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "envelopes/errc.hpp"
#include "identity/base64url.hpp"
#include "net/jetstream.hpp"

namespace tidings {

namespace {

using header_list = std::vector<std::pair<std::string, std::string>>;

/// RFC 4648, section 4, as Go writes it into JSON.
std::optional<std::string> decode_base64(std::string text) {
  while (text.ends_with('=')) text.pop_back();
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return decode_base64url(text);
}

/// `NATS/1.0` and lines of `Name: value`.
header_list parse_headers(std::string_view text) {
  header_list result;
  for (size_t end; (end = text.find("\r\n")) != std::string_view::npos; text.remove_prefix(end + 2)) {
    auto line = text.substr(0, end);
    auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    auto value = line.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    result.emplace_back(line.substr(0, colon), value);
  }
  return result;
}

net::nats_message make(const std::string& subject, std::string_view data, const header_list& headers) {
  natsMsg* made = nullptr;
  if (natsMsg_Create(&made, subject.c_str(), nullptr, data.data(), static_cast<int>(data.size())) != NATS_OK) return {};
  net::nats_message result{made};
  for (auto& [name, value] : headers)
    if (natsMsgHeader_Add(made, name.c_str(), value.c_str()) != NATS_OK) return {};
  return result;
}

} // namespace

caf::expected<net::nats_message> parse_stored_message(std::string_view answer) {
  auto unreadable = make_error(errc::unavailable, "the stream cannot be read");
  auto parsed = net::jetstream::parse_api_answer(answer);
  if (!parsed) return unreadable;
  if (parsed->error) {
    if (parsed->error->err_code != net::jetstream::err_no_message_found) return unreadable;
    return make("_INBOX.none", {}, {{"Status", "404"}});
  }
  auto found = parsed->body.value("message", json::object());
  auto data = decode_base64(found.value("data", std::string{}));
  auto head = decode_base64(found.value("hdrs", std::string{}));
  if (!data || !head || !found.contains("seq")) return unreadable;
  auto headers = parse_headers(*head);
  auto subject = found.value("subject", std::string{});
  headers.emplace_back("Nats-Subject", subject);
  headers.emplace_back("Nats-Sequence", std::to_string(found.value("seq", uint64_t{0})));
  headers.emplace_back("Nats-Time-Stamp", found.value("time", std::string{}));
  auto result = make(subject, *data, headers);
  if (!result) return unreadable;
  return result;
}

} // namespace tidings
