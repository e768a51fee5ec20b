// SPDX-License-Identifier: MIT
#include "actors/http_answers.hpp"

#include <algorithm>
#include <charconv>

#include "actors/metrics_page.hpp"
#include "actors/owner.hpp"
#include "envelopes/errc.hpp"
#include "envelopes/ids.hpp"
#include "envelopes/problem.hpp"
#include "envelopes/timestamp.hpp"
#include "net/conditional.hpp"

namespace tidings::http_answers {

namespace {

constexpr std::string_view json_type = "application/json";
constexpr std::string_view problem_type = "application/problem+json";
constexpr const char* retry_after = "1"; // seconds, where nothing better is known
constexpr std::string_view content_policy =
  "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
  "form-action 'self'; frame-ancestors 'none'";

uint16_t status_of(const command_answer& x, bool asked_for_status) {
  if (asked_for_status) return 200;
  switch (x.status) {
    case outcome_status::completed: return 200;
    case outcome_status::pending: return 202;
    case outcome_status::failed: break;
  }
  return x.code == "dead_lettered" ? 500 : http_status_of_rejection(x.code);
}

/// Where the time went, as browsers show it (W3C Server-Timing). Of a submission since its request came; of a status since
/// the command was stored, since then nobody else knows.
std::string timing(const command_answer& x, double took) {
  std::string out;
  auto add = [&](std::string_view name, double at) {
    if (!out.empty()) out += ", ";
    out += name;
    out += ";dur=";
    out += milliseconds_text(std::chrono::duration<double, std::milli>{at});
  };
  auto accepted = x.accepted_after ? x.accepted_after->count() : 0;
  if (x.accepted_after) add("accepted", accepted);
  std::string_view rest = x.timing;
  for (auto name : {"handled", "projected"}) {
    double after = 0;
    auto [end, ec] = std::from_chars(rest.data(), rest.data() + rest.size(), after);
    if (ec != std::errc{}) break;
    // What a reactor elsewhere measured may not add up to the last digit.
    add(name, x.accepted_after ? std::min(accepted + after, took) : after);
    rest.remove_prefix(std::min<size_t>(static_cast<size_t>(end - rest.data()) + 1, rest.size()));
  }
  if (x.status == outcome_status::pending ? !x.accepted_after : x.accepted_after || out.empty())
    add(x.status == outcome_status::pending ? "wait" : "outcome", took);
  return out;
}

} // namespace

net::http_response json_text(uint16_t status, std::string body, std::string_view cache_control) {
  net::http_response out{status, {}, json_type, std::move(body), nullptr};
  if (!cache_control.empty()) out.headers.emplace_back("Cache-Control", cache_control);
  return out;
}

net::http_response outcome(const command_answer& x, const http_call& call, std::chrono::duration<double, std::milli> took) {
  net::http_response out;
  out.status = status_of(x, std::holds_alternative<attach_command>(call.what));
  out.content_type = json_type;
  out.shared_body = x.document;
  out.headers.emplace_back("Cache-Control", "no-store");
  if (x.status == outcome_status::pending) out.headers.emplace_back("Retry-After", retry_after);
  if (out.status == 202) out.headers.emplace_back("Location", "/commands/" + x.command_id);
  out.headers.emplace_back("Server-Timing", timing(x, took.count()));
  if (call.preferred) out.headers.emplace_back("Preference-Applied", "wait=" + std::to_string(*call.preferred));
  return out;
}

net::http_response query(query_answer& x, std::string_view if_none_match) {
  if (x.failed_elsewhere) return json_text(422, std::move(x.body), "no-store");
  net::http_response out;
  auto version = std::to_string(x.revision);
  net::entity_tag current{version};
  bool versioned = x.revision > 0; // what a service elsewhere answers has no revision
  if (versioned) out.headers.emplace_back("ETag", net::render_etag(current));
  out.headers.emplace_back("Cache-Control", "no-cache");
  if (x.stale) out.headers.emplace_back("Tidings-Stale", "true");
  if (versioned && net::none_match_fails(if_none_match, current)) {
    out.status = 304;
  } else {
    out.content_type = json_type;
    out.body = std::move(x.body);
  }
  return out;
}

net::http_response readiness(const readiness_report& x) {
  json parts = json::object();
  for (auto& part : x.parts) parts[part.name] = part.ready ? json{{"ready", true}} : json{{"ready", false}, {"detail", part.detail}};
  auto out = json_text(x.ready ? 200 : 503, dump({{"ready", x.ready}, {"parts", std::move(parts)}}), "no-store");
  if (!x.ready) out.headers.emplace_back("Retry-After", retry_after);
  return out;
}

net::http_response metrics(std::string page) {
  return {200, {{"Cache-Control", "no-store"}}, metrics_type, std::move(page), nullptr};
}

net::http_response models(const http_settings& settings) {
  json models = json::array();
  for (auto& model : settings.models->models()) models.push_back(model->source);
  return json_text(200, dump({{"models", std::move(models)}, {"demo", settings.demo}}), "no-cache");
}

net::http_response new_session(const http_settings& settings) {
  auto session = make_session_id();
  auto out = json_text(201, dump({{"session", session}}), "no-store");
  out.headers.emplace_back("Set-Cookie", render_session_cookie(session, settings.secure_cookies));
  return out;
}

net::http_response new_ticket(const std::string& ticket) {
  return json_text(201, dump({{"ticket", ticket}, {"expires_in", event_tickets::lifetime.count()}}), "no-store");
}

net::http_response asset(const asset_request& x, const http_settings& settings, std::string_view if_none_match) {
  net::http_response out;
  net::entity_tag current{x.file->etag};
  out.headers = {{"ETag", net::render_etag(current)},
                 {"Cache-Control", "no-cache"},
                 {"X-Content-Type-Options", "nosniff"},
                 {"Referrer-Policy", "no-referrer"},
                 {"Content-Security-Policy", std::string{content_policy}}};
  if (x.gives_session) out.headers.emplace_back("Set-Cookie", render_session_cookie(make_session_id(), settings.secure_cookies));
  if (net::none_match_fails(if_none_match, current)) {
    out.status = 304;
  } else {
    out.content_type = x.file->type;
    out.shared_body = x.file->content;
  }
  return out;
}

net::http_response problem(const caf::error& why, std::string_view path, std::string_view trace_id, std::string_view command_id) {
  net::http_response out;
  auto code = code_of(why);
  out.status = http_status_of(code);
  out.content_type = problem_type;
  out.body = render_problem(why, path, trace_id);
  out.headers.emplace_back("Cache-Control", "no-store"); // a 404 may be kept otherwise, and what is not there may come
  if (worth_retrying(code)) {
    auto seconds = failure_of(why).retry_after;
    out.headers.emplace_back("Retry-After", seconds > 0 ? std::to_string(seconds) : retry_after);
  }
  // An unknown outcome can be asked for.
  if (code == errc::outcome_unknown && !command_id.empty()) out.headers.emplace_back("Location", "/commands/" + std::string{command_id});
  return out;
}

} // namespace tidings::http_answers
