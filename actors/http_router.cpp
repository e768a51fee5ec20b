// SPDX-License-Identifier: MIT
#include "actors/http_router.hpp"

#include <algorithm>
#include <charconv>

#include "actors/event_stream.hpp"
#include "actors/owner.hpp"
#include "envelopes/errc.hpp"
#include "envelopes/ids.hpp"
#include "net/conditional.hpp"
#include "net/media_type.hpp"
#include "net/prefer.hpp"

namespace tidings {

using namespace std::chrono;

namespace {

constexpr std::string_view commands_prefix = "/commands/";
constexpr std::string_view queries_prefix = "/queries/";
constexpr std::string_view events_suffix = "/events";
constexpr size_t longest_idempotency_key = 255;
constexpr milliseconds default_patience{5'000};

bool is_read(std::string_view method) {
  return method == "GET" || method == "HEAD";
}

caf::error malformed(std::string detail) {
  return make_error(errc::malformed_request, std::move(detail));
}

/// The body as an object; what a route's path says goes in too.
caf::expected<json> read_payload(net::http_request& request, const json& params, bool needs_body) {
  json payload = json::object();
  if (!request.body.empty()) {
    if (!net::is_json(request.header("content-type")))
      return make_error(errc::unsupported_media_type, "the body must be JSON: send Content-Type: application/json");
    auto parsed = parse_json(request.body);
    if (!parsed) return parsed.error();
    payload = std::move(*parsed);
  } else if (needs_body) {
    // A form post with an empty body must not pass for JSON either.
    if (!net::is_json(request.header("content-type")))
      return make_error(errc::unsupported_media_type, "the body must be JSON: send Content-Type: application/json");
    return malformed("expected a JSON body");
  }
  if (params.empty()) return payload;
  if (!payload.is_object())
    return make_error(errc::schema_violation, failure{"expected a JSON object", {{"", "must be an object"}}});
  for (auto& [name, value] : params.items()) {
    auto i = payload.find(name);
    if (i == payload.end()) payload[name] = value;
    else if (*i != value)
      return make_error(errc::schema_violation, failure{"the body and the path disagree", {{"/" + name, "is not what the path says"}}});
  }
  return payload;
}

/// Query parameters as a payload; all values are text.
caf::expected<json> read_parameters(const net::http_request& request, const json& params) {
  json payload = json::object();
  for (auto& [name, value] : net::parse_query_string(request.query)) {
    if (payload.contains(name)) return malformed("the parameter " + name + " is given twice");
    payload[name] = value;
  }
  for (auto& [name, value] : params.items()) payload[name] = value;
  // Percent escapes can make any bytes; the strict parser decides what is text.
  return parse_json(payload.dump(-1, ' ', false, json::error_handler_t::ignore));
}

/// `Idempotency-Key` (draft-07): a quoted string, or bare.
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

/// `If-Match`, the time to live, and in a demo the handler's delay.
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

/// `After-Command: {id}` or `After-Command: {id}; stale=allow`.
caf::expected<std::optional<after_command>> read_after(const net::http_request& request, const http_settings& settings) {
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
  auto owner = owner_of(request);
  if (!owner) return owner.error();
  after.command_id = std::move(*command_id);
  after.owner = std::move(*owner);
  auto asked = net::preferred_wait(request.header_list("prefer"));
  after.patience = asked ? std::min<milliseconds>(*asked, settings.max_wait) : std::min(default_patience, settings.max_wait);
  return std::optional{std::move(after)};
}

/// The position a client resumes from: the header that EventSource sends, else the parameter.
std::string last_event_id(const net::http_request& request) {
  auto header = request.header("last-event-id");
  if (!header.empty()) return std::string{header};
  for (auto& [name, value] : net::parse_query_string(request.query))
    if (name == "last_event_id") return value;
  return {};
}

void to_events(const net::http_request& request, std::optional<std::string_view> command, http_call& call) {
  events_request out;
  auto owner = owner_of(request);
  if (!owner) return void(call.what = owner.error());
  if (command) {
    auto id = token::admit(*command, "command id");
    if (!id) return void(call.what = id.error());
    out.command_id = std::move(*id);
  } else if (*owner == public_owner()) {
    // Everybody's outcomes are not for everybody.
    return void(call.what = make_error(errc::unauthorized, "/events needs a session: POST /session makes one"));
  }
  out.owner = std::move(*owner);
  out.last_event_id = last_event_id(request);
  call.what = std::move(out);
}

void to_command(std::string_view type, net::http_request& request, const json& params, const http_settings& settings, http_call& call) {
  auto key = idempotency_key(request);
  if (!key) return void(call.what = key.error());
  auto admitted = token::admit(type, "command type");
  if (!admitted) return void(call.what = admitted.error());
  auto owner = owner_of(request);
  if (!owner) return void(call.what = owner.error());
  submit_command out;
  if (auto err = read_conditions(request, settings, out)) return void(call.what = std::move(err));
  auto payload = read_payload(request, params, request.method != "DELETE" && params.empty());
  if (!payload) return void(call.what = payload.error());
  out.command_type = type;
  out.owner = std::move(*owner);
  out.client_chosen = !key->empty();
  out.command_id = key->empty() ? make_command_id() : derive_command_id(out.owner->str(), *key);
  out.service_id = "http";
  out.payload = std::move(*payload);
  out.wait = wait_of(request, settings, call);
  if (!call.trace_id.empty()) out.traceparent = request.header("traceparent");
  call.what = std::move(out);
}

void to_query(std::string_view type, net::http_request& request, const json& params, const http_settings& settings, http_call& call) {
  auto admitted = token::admit(type, "query type");
  if (!admitted) return void(call.what = admitted.error());
  auto payload = is_read(request.method) ? read_parameters(request, params) : read_payload(request, params, params.empty());
  if (!payload) return void(call.what = payload.error());
  ask_query out;
  out.query_type = type;
  out.query_id = make_query_id();
  out.payload = std::move(*payload);
  if (net::accepts_event_stream(request.header_list("accept"))) {
    events_request live;
    live.owner = public_owner(); // a live query shows data, nobody's outcomes
    live.query = std::move(out);
    return void(call.what = std::move(live));
  }
  // A model's query is answered at once; one that a service elsewhere answers has the time its client gives it.
  if (!settings.models->find_query(type).model) {
    if (net::preferred_wait(request.header_list("prefer"))) out.patience = wait_of(request, settings, call);
    if (!call.trace_id.empty()) out.traceparent = request.header("traceparent");
  }
  auto after = read_after(request, settings);
  if (!after) return void(call.what = after.error());
  call.after = std::move(*after);
  call.what = std::move(out);
}

void to_status(std::string_view id, const net::http_request& request, const http_settings& settings, http_call& call) {
  auto admitted = token::admit(id, "command id");
  if (!admitted) return void(call.what = admitted.error());
  auto owner = owner_of(request);
  if (!owner) return void(call.what = owner.error());
  attach_command out;
  out.command_id = std::move(*admitted);
  out.owner = std::move(*owner);
  if (net::preferred_wait(request.header_list("prefer"))) out.wait = wait_of(request, settings, call);
  call.what = std::move(out);
}

/// OPTIONS, and methods that a known path does not take.
void refuse_method(const net::http_request& request, std::string_view allow, http_call& call) {
  if (request.method == "OPTIONS") call.what = options_check{std::string{allow} + ", OPTIONS"};
  else call.what = method_refused{std::string{allow} + ", OPTIONS"};
}

} // namespace

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

http_call route(net::http_request& request, const http_settings& settings) {
  http_call call;
  call.head = request.method == "HEAD";
  call.if_none_match = request.header_list("if-none-match");
  call.trace_id = trace_id_of(request.header("traceparent"));
  std::string_view path = request.path;
  const json none = json::object();
  auto fixed = [&](auto check) {
    if (is_read(request.method)) call.what = check;
    else refuse_method(request, "GET, HEAD", call);
  };
  if (path == "/healthz") {
    fixed(health_check{});
  } else if (path == "/readyz") {
    fixed(readiness_check{});
  } else if (path == "/model") {
    fixed(model_request{});
  } else if (path == "/services") {
    fixed(services_request{});
  } else if (path == "/session") {
    if (request.method == "POST") call.what = session_request{};
    else refuse_method(request, "POST", call);
  } else if (path == "/events") {
    if (request.method == "GET") to_events(request, std::nullopt, call);
    else refuse_method(request, "GET", call);
  } else if (path.starts_with(commands_prefix) && path.ends_with(events_suffix)
             && path.size() > commands_prefix.size() + events_suffix.size()) {
    auto id = path.substr(commands_prefix.size(), path.size() - commands_prefix.size() - events_suffix.size());
    if (request.method == "GET") to_events(request, id, call);
    else refuse_method(request, "GET", call);
  } else if (path.starts_with(commands_prefix) && path.find('/', commands_prefix.size()) == std::string_view::npos) {
    auto name = path.substr(commands_prefix.size());
    if (request.method == "POST") to_command(name, request, none, settings, call);
    else if (is_read(request.method)) to_status(name, request, settings, call);
    else refuse_method(request, "GET, HEAD, POST", call);
  } else if (path.starts_with(queries_prefix) && path.find('/', queries_prefix.size()) == std::string_view::npos) {
    auto name = path.substr(queries_prefix.size());
    if (request.method == "POST" || is_read(request.method)) to_query(name, request, none, settings, call);
    else refuse_method(request, "GET, HEAD, POST", call);
  } else {
    auto match = settings.models->match(request.method, path);
    if (auto* found = std::get_if<catalog::route_match>(&match)) {
      if (found->route->is_command) to_command(found->route->type.str(), request, found->params, settings, call);
      else to_query(found->route->type.str(), request, found->params, settings, call);
    } else if (auto* wrong = std::get_if<catalog::wrong_method>(&match)) {
      refuse_method(request, wrong->allow, call);
    } else if (auto file = settings.assets.find(path); file != settings.assets.end()) {
      fixed(asset_request{&file->second, path == "/" && session_cookie(request.header("cookie")).empty()});
    } else {
      call.what = make_error(errc::not_found, "nothing is here");
    }
  }
  return call;
}

} // namespace tidings
