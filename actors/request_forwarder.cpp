// SPDX-License-Identifier: MIT
#include "actors/request_forwarder.hpp"

#include "actors/headers.hpp"
#include "envelopes/errc.hpp"
#include "envelopes/response.hpp"
#include "envelopes/subjects.hpp"
#include "envelopes/timestamp.hpp"
#include "net/jetstream.hpp"

namespace tidings {

namespace {

/// A stream that captures the subject answers with its acknowledgement: `{"stream": ..., "seq": ...}`.
bool is_acknowledgement(std::string_view text) {
  auto body = json::parse(text, nullptr, false);
  return body.is_object() && body.contains("stream") && body.contains("seq") && !body.contains("success");
}

} // namespace

void request_forwarder_state::forward(submit_command& x) {
  auto type = token::admit(x.command_type, "command type");
  open_request out{std::move(x.listener), {}, x.cookie, x.command_id, {}, x.wait.count() > 0 ? x.wait : options_.command_timeout};
  if (!type) return fail(out, type.error());
  out.subject = subjects::command_bus(*type);
  send(std::move(out), to_json(command_request{type->str(), x.command_id, std::move(x.service_id), now_rfc3339(), std::move(x.payload)}),
       x.traceparent);
}

void request_forwarder_state::forward(ask_query& x) {
  auto type = token::admit(x.query_type, "query type");
  open_request out{{}, std::move(x.listener), x.cookie, x.query_id, {},
                   x.patience.count() > 0 ? x.patience : options_.query_timeout};
  if (!type) return fail(out, type.error());
  out.subject = subjects::query_bus(*type);
  send(std::move(out), to_json(query_request{type->str(), x.query_id, "http", now_rfc3339(), std::move(x.payload)}),
       x.traceparent);
}

void request_forwarder_state::send(open_request x, std::string data, const std::string& traceparent) {
  if (open_.size() >= options_.max_open) {
    options_.counts->refused(refusal::forwarded);
    return fail(x, make_error(errc::overloaded, "too many requests are open"));
  }
  auto cookie = ++next_cookie_;
  nats_request out{x.subject, {}, std::move(data), x.timeout, self_, cookie};
  if (!traceparent.empty()) out.headers.emplace_back(command_headers::traceparent, traceparent);
  open_.emplace(cookie, std::move(x));
  self_->send(options_.gateway, std::move(out));
}

void request_forwarder_state::on_reply(const nats_reply& reply) {
  auto i = open_.find(reply.cookie);
  if (i == open_.end()) return;
  auto x = std::move(i->second);
  open_.erase(i);
  if (!reply.error) return succeed(x, reply.message);
  auto code = code_of(reply.error);
  if (code == errc::no_handler) return fail(x, make_error(code, "No handler available for " + x.subject));
  if (code == errc::handler_timeout)
    return fail(x, make_error(code, std::string{x.commands ? "Command" : "Query"} + " request timeout after " + std::to_string(x.timeout.count()) + "ms"));
  fail(x, reply.error);
}

void request_forwarder_state::succeed(const open_request& x, const net::nats_message& msg) {
  auto envelope = parse_response(msg.data());
  auto expected = x.commands ? "command_id" : "query_id";
  if (!envelope && is_acknowledgement(msg.data()))
    return fail(x, make_error(errc::subject_captured, "a JetStream stream captures " + x.subject
                                                        + " and answered with its own acknowledgement; nobody handled the request. "
                                                          "Change the stream's subjects"));
  if (!envelope) return fail(x, envelope.error());
  if (envelope->id_field != expected)
    return fail(x, make_error(errc::bad_reply, "Invalid response format: expected '" + std::string{expected} + "' field"));
  auto body = json::parse(msg.data(), nullptr, false);
  auto code = body.contains("code") && body["code"].is_string() ? body["code"].get<std::string>() : std::string{};
  if (x.queries) {
    query_answer out;
    out.cookie = x.cookie;
    out.query_id = x.id;
    out.body = msg.data();
    out.failed_elsewhere = envelope->success == false;
    return self_->send(x.queries, std::move(out));
  }
  auto status = !envelope->success ? outcome_status::pending : *envelope->success ? outcome_status::completed : outcome_status::failed;
  self_->send(x.commands, command_answer{x.cookie, {}, x.id, status, std::move(code), 0, std::make_shared<const std::string>(msg.data())});
}

void request_forwarder_state::fail(const open_request& x, caf::error why) {
  if (x.commands) self_->send(x.commands, command_answer{x.cookie, std::move(why), x.id, outcome_status::pending, {}, 0, nullptr});
  else {
    query_answer out;
    out.cookie = x.cookie;
    out.query_id = x.id;
    out.error = std::move(why);
    self_->send(x.queries, std::move(out));
  }
}

request_forwarder_actor::behavior_type request_forwarder(request_forwarder_ptr self, request_forwarder_options options) {
  self->state.init(std::move(options));
  return {
    [self](submit_command& x) { self->state.forward(x); },
    [self](ask_query& x) { self->state.forward(x); },
    [self](const nats_reply& x) { self->state.on_reply(x); },
  };
}

} // namespace tidings
