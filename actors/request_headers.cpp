// SPDX-License-Identifier: MIT
#include "actors/request_headers.hpp"

#include <algorithm>
#include <charconv>

#include "actors/event_stream.hpp"
#include "actors/owner.hpp"
#include "envelopes/errc.hpp"
#include "net/conditional.hpp"
#include "net/prefer.hpp"

namespace tidings {

using namespace std::chrono;

namespace {

constexpr size_t longest_idempotency_key = 255;
constexpr milliseconds default_patience{5'000};

caf::error malformed(std::string detail) {
  return make_error(errc::malformed_request, std::move(detail));
}

/// A header of plain digits up to `most`; nothing when it was not sent.
caf::expected<std::optional<uint64_t>> number_header(const net::http_request& request, std::string_view header, uint64_t most) {
  auto text = request.header(header);
  if (text.empty()) return std::optional<uint64_t>{};
  uint64_t value = 0;
  auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc{} || end != text.data() + text.size() || value > most)
    return malformed(std::string{header} + " must be a number from 0 to " + std::to_string(most));
  return std::optional{value};
}

} // namespace

caf::expected<std::string> idempotency_key(const net::http_request& request) {
  auto list = request.header_list("idempotency-key");
  std::string_view text = list;
  if (text.empty()) return std::string{};
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  bool printable = std::ranges::all_of(text, [](char c) { return c > ' ' && c < 127 && c != '"' && c != ','; });
  if (text.empty() || text.size() > longest_idempotency_key || !printable)
    return malformed("Idempotency-Key must be 1 to 255 visible ASCII characters, quoted or bare");
  return std::string{text};
}

milliseconds wait_of(const net::http_request& request, const http_settings& settings, http_call& call) {
  auto asked = net::preferred_wait(request.header_list("prefer"));
  if (!asked) return settings.default_wait;
  auto applied = std::min<milliseconds>(*asked, settings.max_wait);
  call.preferred = duration_cast<seconds>(applied).count();
  return applied;
}

caf::error read_conditions(const net::http_request& request, const http_settings& settings, submit_command& out) {
  if (auto match = request.header_list("if-match"); !match.empty()) {
    auto tag = net::parse_etag(match);
    auto revision = tag && !tag->weak ? parse_event_id(tag->opaque) : std::nullopt;
    if (!revision) return malformed("If-Match must be the one ETag that a query of the document gave");
    out.expected_revision = *revision;
  }
  auto ttl = number_header(request, "tidings-ttl-ms", 86'400'000);
  if (!ttl) return ttl.error();
  if (*ttl) out.ttl = milliseconds{**ttl};
  auto delay = number_header(request, "tidings-delay-ms", 60'000);
  if (!delay) return delay.error();
  if (*delay && settings.demo) out.delay = milliseconds{**delay};
  return {};
}

caf::expected<std::optional<after_command>> read_after(const net::http_request& request, const http_settings& settings, const http_call& call) {
  auto text = request.header("after-command");
  if (text.empty()) return std::optional<after_command>{};
  after_command after;
  auto semicolon = text.find(';');
  auto id = text.substr(0, semicolon);
  if (semicolon != std::string_view::npos) {
    auto parameter = text.substr(semicolon + 1);
    while (parameter.starts_with(' ')) parameter.remove_prefix(1);
    if (parameter != "stale=allow") return malformed("After-Command knows one parameter: stale=allow");
    after.stale_allowed = true;
  }
  auto command_id = token::admit(id, "command id in After-Command");
  if (!command_id) return command_id.error();
  if (!call.who) return call.nobody;
  after.command_id = std::move(*command_id);
  after.owner = call.who->owner;
  auto asked = net::preferred_wait(request.header_list("prefer"));
  after.patience = asked ? std::min<milliseconds>(*asked, settings.max_wait) : std::min(default_patience, settings.max_wait);
  return std::optional{std::move(after)};
}

std::string last_event_id(const net::http_request& request) {
  auto header = request.header("last-event-id");
  if (!header.empty()) return std::string{header};
  for (auto& [name, value] : net::parse_query_string(request.query))
    if (name == "last_event_id") return value;
  return {};
}

std::string trace_id_of(std::string_view traceparent) {
  // 00-<32 hex>-<16 hex>-<2 hex> (W3C Trace Context, 3.2.2); an all-zero trace id is invalid.
  if (traceparent.size() != 55 || traceparent[2] != '-' || traceparent[35] != '-' || traceparent[52] != '-') return {};
  auto hex = [](std::string_view x) {
    return std::ranges::all_of(x, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  };
  if (!hex(traceparent.substr(0, 2)) || !hex(traceparent.substr(3, 32)) || !hex(traceparent.substr(36, 16)) || !hex(traceparent.substr(53, 2)))
    return {};
  auto id = traceparent.substr(3, 32);
  return id.find_first_not_of('0') == std::string_view::npos ? std::string{} : std::string{id};
}

} // namespace tidings
