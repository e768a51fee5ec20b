// SPDX-License-Identifier: MIT
#include "actors/service_endpoint.hpp"

#include <algorithm>
#include <charconv>

#include "actors/headers.hpp"
#include "actors/request_headers.hpp"
#include "actors/owner.hpp"
#include "envelopes/errc.hpp"
#include "envelopes/timestamp.hpp"

namespace tidings {

using namespace std::chrono_literals;

namespace {

constexpr const char* timeout_header = "Tidings-Timeout-Ms";
constexpr milliseconds longest_timeout{300'000};

// Subscriptions are told apart by tag: the endpoints by their place, discovery from here on.
constexpr uint64_t discovery_tags = 1'000'000;

std::optional<milliseconds> asked_timeout(const net::nats_message& msg) {
  auto text = msg.header(timeout_header);
  int64_t value = 0;
  auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || ec != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
  return std::min(milliseconds{value}, longest_timeout);
}

caf::error wrong_type(std::string_view field, const token& expected) {
  return make_error(errc::malformed_request,
                    failure{"Invalid request format: expected '" + std::string{field} + "' field to be " + expected.str(),
                            {{"/" + std::string{field}, "is not the type that the subject names"}}});
}

} // namespace

std::string render_error_envelope(std::string_view id_field, std::string_view id, const caf::error& why) {
  auto what = failure_of(why);
  json out = {{"success", false}, {id_field, id}, {"timestamp", now_rfc3339()}, {"payload", nullptr},
              {"error", what.detail.empty() ? std::string{title_of(code_of(why))} : what.detail}, {"code", to_string(code_of(why))}};
  if (!what.errors.empty()) {
    auto& errors = out["errors"] = json::array();
    for (auto& x : what.errors) errors.push_back({{"pointer", x.pointer}, {"message", x.message}});
  }
  if (worth_retrying(code_of(why))) out["retry_after"] = std::max(what.retry_after, 1u);
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

namespace {

/// What the statistics name as the last error; never empty, since an empty one counts as success.
std::string sentence_of(const caf::error& why) {
  auto detail = failure_of(why).detail;
  return detail.empty() ? std::string{to_string(code_of(why))} : detail;
}

} // namespace

void service_endpoint_state::init(service_endpoint_options options) {
  options_ = std::move(options);
  description_ = service_description{*options_.model};
  auto& endpoints = description_.endpoints();
  auto listen = [this](std::string subject, std::string queue, uint64_t tag) {
    self_->send(options_.gateway, subscribe{std::move(subject), std::move(queue), self_, tag});
    tags_.push_back(tag);
  };
  for (size_t i = 0; i < endpoints.size(); ++i) listen(endpoints[i].subject, options_.model->service.str(), i);
  for (auto verb : {discovery_verb::ping, discovery_verb::info, discovery_verb::stats}) {
    auto subjects = description_.subjects(verb);
    for (size_t i = 0; i < subjects.size(); ++i)
      listen(subjects[i], {}, discovery_tags + static_cast<uint64_t>(verb) * 10 + i);
  }
}

void service_endpoint_state::drain() {
  for (auto tag : tags_) self_->send(options_.gateway, unsubscribe{self_, tag});
}

void service_endpoint_state::on_batch(const nats_batch& x) {
  for (auto& msg : x.messages) {
    if (x.tag >= discovery_tags) discover(msg, static_cast<discovery_verb>((x.tag - discovery_tags) / 10));
    else if (description_.endpoints()[x.tag].is_command) take_command(msg, x.tag);
    else take_query(msg, x.tag);
  }
}

void service_endpoint_state::discover(const net::nats_message& msg, discovery_verb verb) {
  if (!msg.reply().empty()) self_->send(options_.gateway, emit{std::string{msg.reply()}, {}, description_.render(verb)});
}

// ---- Requests ------------------------------------------------------------------------------------------------------

uint64_t service_endpoint_state::open(const net::nats_message& msg, size_t endpoint) {
  auto cookie = ++next_cookie_;
  open_.emplace(cookie, open_request{std::string{msg.reply()}, endpoint, self_->clock().now()});
  return cookie;
}

bool service_endpoint_state::full(const net::nats_message& msg, size_t endpoint) {
  if (open_.size() < options_.max_open) return false;
  options_.counts->refused(refusal::bus_requests);
  refuse(msg, endpoint, make_error(errc::overloaded, "too many requests are open"));
  return true;
}

void service_endpoint_state::take_command(const net::nats_message& msg, size_t endpoint) {
  if (full(msg, endpoint)) return;
  auto request = parse_command_request(msg.data());
  if (!request) return refuse(msg, endpoint, request.error());
  auto& type = description_.endpoints()[endpoint].type;
  if (request->command_type != type.str()) return refuse(msg, endpoint, wrong_type("command_type", type));
  auto& spec = *options_.model->commands.find(type.str());
  submit_command out;
  out.command_type = std::move(request->command_type);
  out.command_id = std::move(request->command_id);
  out.client_chosen = true; // a retry with the same id must not become a second command
  out.service_id = std::move(request->service_id);
  out.owner = public_owner();
  out.payload = std::move(request->payload);
  out.wait = asked_timeout(msg).value_or(spec.second.timeout);
  auto traceparent = msg.header(command_headers::traceparent);
  if (!trace_id_of(traceparent).empty()) out.traceparent = traceparent;
  out.listener = self_;
  out.cookie = open(msg, endpoint);
  self_->send(options_.commands, std::move(out));
}

void service_endpoint_state::take_query(const net::nats_message& msg, size_t endpoint) {
  if (full(msg, endpoint)) return;
  auto request = parse_query_request(msg.data());
  if (!request) return refuse(msg, endpoint, request.error());
  auto& type = description_.endpoints()[endpoint].type;
  if (request->query_type != type.str()) return refuse(msg, endpoint, wrong_type("query_type", type));
  ask_query out;
  out.query_type = std::move(request->query_type);
  out.query_id = std::move(request->query_id);
  out.payload = std::move(request->payload);
  out.listener = self_;
  out.cookie = open(msg, endpoint);
  self_->send(options_.queries, std::move(out));
}

// ---- Answers -------------------------------------------------------------------------------------------------------

void service_endpoint_state::refuse(const net::nats_message& msg, size_t endpoint, const caf::error& why) {
  bool is_command = description_.endpoints()[endpoint].is_command;
  auto id_field = is_command ? "command_id" : "query_id";
  // The request's id if one can be made out: the client has nothing else to match the answer by.
  auto body = json::parse(msg.data(), nullptr, false);
  std::string id;
  if (body.is_object() && body.contains(id_field) && body[id_field].is_string() && is_token(body[id_field].get_ref<const std::string&>()))
    id = body[id_field];
  answer(open(msg, endpoint), render_error_envelope(id_field, id, why), sentence_of(why));
}

void service_endpoint_state::on_command(const command_answer& x) {
  if (x.error) return answer(x.cookie, render_error_envelope("command_id", x.command_id, x.error), sentence_of(x.error));
  answer(x.cookie, *x.document, x.status == outcome_status::failed ? x.code : std::string{});
}

void service_endpoint_state::on_query(query_answer& x) {
  if (x.error) return answer(x.cookie, render_error_envelope("query_id", x.query_id, x.error), sentence_of(x.error));
  answer(x.cookie, std::move(x.body), {});
}

void service_endpoint_state::answer(uint64_t cookie, std::string data, std::string error) {
  auto i = open_.find(cookie);
  if (i == open_.end()) return;
  description_.count(i->second.endpoint, self_->clock().now() - i->second.since, error);
  // A request without a reply subject is a command that nobody waits for.
  if (!i->second.reply.empty()) self_->send(options_.gateway, emit{std::move(i->second.reply), {}, std::move(data)});
  open_.erase(i);
}

service_endpoint_actor::behavior_type service_endpoint(service_endpoint_ptr self, service_endpoint_options options) {
  self->state.init(std::move(options));
  return {
    [self](const nats_batch& x) { self->state.on_batch(x); },
    [self](drain_atom) { self->state.drain(); },
    [self](const command_answer& x) { self->state.on_command(x); },
    [self](query_answer& x) { self->state.on_query(x); },
  };
}

} // namespace tidings
