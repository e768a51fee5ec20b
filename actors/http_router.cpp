// SPDX-License-Identifier: MIT
#include "actors/http_router.hpp"

#include "actors/owner.hpp"
#include "actors/request_headers.hpp"
#include "actors/request_payload.hpp"
#include "envelopes/errc.hpp"
#include "envelopes/ids.hpp"
#include "net/media_type.hpp"
#include "net/prefer.hpp"

namespace tidings {

namespace {

constexpr std::string_view commands_prefix = "/commands/";
constexpr std::string_view queries_prefix = "/queries/";
constexpr std::string_view events_suffix = "/events";

bool is_read(std::string_view method) {
  return method == "GET" || method == "HEAD";
}

/// The types of a model name the roles that may use them; types that no model declares are for every caller.
caf::error check_allowed(const http_call& call, std::string_view type, const std::vector<std::string>& roles) {
  if (roles.empty()) return {};
  if (!call.who) return call.nobody;
  if (is_allowed(*call.who, roles)) return {};
  std::string list;
  for (const auto& role : roles) list += (list.empty() ? "" : ", ") + role;
  return make_error(errc::forbidden, std::string{type} + " needs one of the roles: " + list);
}

void to_events(const net::http_request& request, std::optional<std::string_view> command, http_call& call) {
  if (!call.who) return void(call.what = call.nobody);
  events_request out;
  const auto& owner = call.who->owner;
  if (command) {
    auto id = token::admit(*command, "command id");
    if (!id) return void(call.what = id.error());
    out.command_id = std::move(*id);
  } else if (owner == public_owner()) {
    // Everybody's outcomes are not for everybody.
    return void(call.what = make_error(errc::unauthorized, "/events needs a session: POST /session makes one"));
  }
  out.owner = owner;
  out.last_event_id = last_event_id(request);
  call.what = std::move(out);
}

void to_command(std::string_view type, net::http_request& request, const json& params, const http_settings& settings, http_call& call) {
  auto key = idempotency_key(request);
  if (!key) return void(call.what = key.error());
  auto admitted = token::admit(type, "command type");
  if (!admitted) return void(call.what = admitted.error());
  if (auto found = settings.models->find_command(type); found.model)
    if (auto err = check_allowed(call, type, found.spec->allow)) return void(call.what = std::move(err));
  if (!call.who) return void(call.what = call.nobody);
  submit_command out;
  if (auto err = read_conditions(request, settings, out)) return void(call.what = std::move(err));
  auto payload = read_payload(request, params, request.method != "DELETE" && params.empty());
  if (!payload) return void(call.what = payload.error());
  out.command_type = type;
  out.owner = call.who->owner;
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
  if (auto found = settings.models->find_query(type); found.model)
    if (auto err = check_allowed(call, type, found.spec->allow)) return void(call.what = std::move(err));
  auto payload = is_read(request.method) ? read_parameters(request, params) : read_payload(request, params, params.empty());
  if (!payload) return void(call.what = payload.error());
  ask_query out;
  out.query_type = type;
  out.query_id = make_query_id();
  out.payload = std::move(*payload);
  auto accept = request.header_list("accept");
  auto elsewhere = !settings.models->find_query(type).model;
  if (net::accepts_event_stream(accept) && elsewhere && !net::accepts_json(accept))
    return void(call.what = make_error(errc::not_acceptable, "no model here declares " + out.query_type
                                                               + ", and what a service elsewhere answers cannot be followed: accept application/json"));
  if (net::accepts_event_stream(accept) && !elsewhere) {
    events_request live;
    live.owner = public_owner(); // a live query shows data, nobody's outcomes
    live.query = std::move(out);
    return void(call.what = std::move(live));
  }
  // A model's query is answered at once; one that a service elsewhere answers has the time its client gives it.
  if (elsewhere) {
    if (net::preferred_wait(request.header_list("prefer"))) out.patience = wait_of(request, settings, call);
    if (!call.trace_id.empty()) out.traceparent = request.header("traceparent");
  }
  auto after = read_after(request, settings, call);
  if (!after) return void(call.what = after.error());
  call.after = std::move(*after);
  call.what = std::move(out);
}

void to_status(std::string_view id, const net::http_request& request, const http_settings& settings, http_call& call) {
  auto admitted = token::admit(id, "command id");
  if (!admitted) return void(call.what = admitted.error());
  if (!call.who) return void(call.what = call.nobody);
  attach_command out;
  out.command_id = std::move(*admitted);
  out.owner = call.who->owner;
  if (net::preferred_wait(request.header_list("prefer"))) out.wait = wait_of(request, settings, call);
  call.what = std::move(out);
}

/// The ticket in the URL of an event stream; empty if there is none.
std::string ticket_of(const net::http_request& request) {
  if (request.method != "GET" || request.query.empty()) return {};
  bool streams = request.path == "/events" || (request.path.starts_with(commands_prefix) && request.path.ends_with(events_suffix));
  if (!streams) return {};
  for (auto& [name, value] : net::parse_query_string(request.query))
    if (name == "ticket") return value;
  return {};
}

/// Finds out who asks. Done before anything else is looked at, so that no path can be forgotten.
caf::error identify(const net::http_request& request, const http_settings& settings, http_call& call) {
  if (is_public(request.path)) return {};
  auto ticket = ticket_of(request);
  auto who = ticket.empty() ? settings.door->admit(request) : settings.door->redeem_ticket(ticket);
  if (who) {
    call.who = std::move(*who);
    return {};
  }
  call.nobody = std::move(who.error());
  if (settings.door->wants_tokens() && code_of(call.nobody) == errc::unauthorized) call.challenge = settings.door->challenge(request);
  // What needs no session does not fail for a bad one, and POST /session is how a client gets rid of it.
  return settings.door->wants_tokens() || !ticket.empty() ? call.nobody : caf::error{};
}

/// Everything that stands before a request whatever its path is, cheapest first.
caf::error admit(const net::http_request& request, const http_settings& settings, http_call& call) {
  if (auto err = http_edge::check_host(request, settings.edge)) return err;
  if (auto err = http_edge::check_site(request, settings.edge)) return err;
  if (request.path == "/healthz" || request.path == "/readyz") return {};
  // A preflight carries no credentials.
  auto refused = http_edge::is_preflight(request, settings.edge) ? caf::error{} : identify(request, settings, call);
  if (settings.quota) {
    // Sessions are free to make, so only a token's owner is told apart from others at the same address.
    auto known = settings.door->wants_tokens() && call.who;
    if (!settings.quota->admit(known ? call.who->owner.str() : request.peer, request_quota::clock::now()))
      return make_error(errc::too_many_requests, "too many requests; go on more slowly");
  }
  return refused;
}

/// OPTIONS, and methods that a known path does not take.
void refuse_method(const net::http_request& request, std::string_view allow, http_call& call) {
  if (request.method == "OPTIONS") call.what = options_check{std::string{allow} + ", OPTIONS"};
  else call.what = method_refused{std::string{allow} + ", OPTIONS"};
}

} // namespace

http_call route(net::http_request& request, const http_settings& settings) {
  http_call call;
  call.head = request.method == "HEAD";
  call.if_none_match = request.header_list("if-none-match");
  call.trace_id = trace_id_of(request.header("traceparent"));
  if (auto err = admit(request, settings, call)) {
    call.what = std::move(err);
    return call;
  }
  if (http_edge::is_preflight(request, settings.edge)) {
    call.what = preflight_check{};
    return call;
  }
  std::string_view path = request.path;
  const json none = json::object();
  bool has_sessions = !settings.door->wants_tokens();
  auto fixed = [&](auto check) {
    if (is_read(request.method)) call.what = check;
    else refuse_method(request, "GET, HEAD", call);
  };
  if (path == "/healthz") {
    fixed(health_check{});
  } else if (path == "/readyz") {
    fixed(readiness_check{});
  } else if (path == "/metrics") {
    fixed(metrics_request{});
  } else if (path == "/model") {
    fixed(model_request{});
  } else if (path == "/services") {
    fixed(services_request{});
  } else if (path == "/session" && has_sessions) {
    if (request.method == "POST") call.what = session_request{};
    else refuse_method(request, "POST", call);
  } else if (path == "/events/ticket") {
    if (request.method != "POST") refuse_method(request, "POST", call);
    else if (!call.who) call.what = call.nobody;
    else call.what = ticket_request{};
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
      fixed(asset_request{&file->second, has_sessions && path == "/" && session_cookie(request.header("cookie")).empty()});
    } else {
      call.what = make_error(errc::not_found, "nothing is here");
    }
  }
  return call;
}

route_class class_of(const http_call& call) {
  return std::visit(
    [](auto& what) {
      using type = std::decay_t<decltype(what)>;
      if constexpr (std::is_same_v<type, submit_command>) return route_class::command;
      else if constexpr (std::is_same_v<type, attach_command>) return route_class::outcome;
      else if constexpr (std::is_same_v<type, events_request>) return route_class::events;
      else if constexpr (std::is_same_v<type, ask_query>) return route_class::query;
      else if constexpr (std::is_same_v<type, session_request>) return route_class::session;
      else if constexpr (std::is_same_v<type, model_request> || std::is_same_v<type, services_request>) return route_class::description;
      else if constexpr (std::is_same_v<type, asset_request>) return route_class::page;
      else if constexpr (std::is_same_v<type, health_check> || std::is_same_v<type, readiness_check>) return route_class::probe;
      else if constexpr (std::is_same_v<type, metrics_request>) return route_class::metrics;
      else return route_class::other; // errors, and what only asks for methods
    },
    call.what);
}

} // namespace tidings
