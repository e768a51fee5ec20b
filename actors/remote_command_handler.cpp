// SPDX-License-Identifier: MIT
#include "actors/remote_command_handler.hpp"

#include <spdlog/spdlog.h>

#include "actors/headers.hpp"
#include "actors/settlement.hpp"
#include "envelopes/errc.hpp"
#include "envelopes/outcome.hpp"
#include "envelopes/response.hpp"
#include "envelopes/subjects.hpp"
#include "envelopes/timestamp.hpp"

namespace tidings {

using namespace std::chrono_literals;

namespace {

constexpr auto progress_pace = 50ms;
constexpr size_t longest_progress = 4096; // bytes

} // namespace

void remote_command_handler_state::init(nats_gateway_actor gateway, remote_handler where) {
  gateway_ = std::move(gateway);
  where_ = std::move(where);
}

caf::result<decision> remote_command_handler_state::decide(const decide_command& x) {
  auto& request = x.command->request;
  json envelope = {{"command_type", request.command_type}, {"command_id", request.command_id}, {"service_id", request.service_id},
                   {"timestamp", request.timestamp},       {"payload", request.payload},
                   {"state", x.current ? x.current->value() : json(nullptr)}};
  auto cookie = ++next_cookie_;
  nats_request out{where_.subject, {}, dump(envelope), where_.timeout, self_, cookie, true};
  if (!x.command->traceparent.empty()) out.headers.emplace_back(command_headers::traceparent, x.command->traceparent);
  auto promise = self_->make_response_promise<decision>();
  open_.emplace(cookie, open_decision{x.command, promise});
  self_->send(gateway_, std::move(out));
  return promise;
}

void remote_command_handler_state::on_reply(const nats_reply& x) {
  auto i = open_.find(x.cookie);
  if (i == open_.end()) return;
  if (x.partial) return pass_on(i->second, x.message);
  auto open = std::move(i->second);
  open_.erase(i);
  if (x.error) {
    auto code = code_of(x.error);
    auto detail = code == errc::no_handler        ? "nobody answers " + where_.subject
                  : code == errc::handler_timeout ? where_.subject + " did not answer within " + std::to_string(where_.timeout.count()) + "ms"
                                                  : failure_of(x.error).detail;
    spdlog::debug("{}: {}", name_of(*open.command), detail);
    open.promise.deliver(make_error(code, std::move(detail)));
    return;
  }
  auto verdict = read(*open.command, x.message);
  if (!verdict) {
    spdlog::debug("{}: {}", name_of(*open.command), failure_of(verdict.error()).detail);
    open.promise.deliver(verdict.error());
    return;
  }
  open.promise.deliver(std::move(*verdict));
}

void remote_command_handler_state::pass_on(open_decision& open, const net::nats_message& msg) {
  auto now = self_->clock().now();
  if (now < open.next_progress) return; // a person cannot read faster, and everybody who follows gets each one
  auto& command = *open.command;
  auto text = msg.data();
  auto body = text.size() <= longest_progress ? parse_json(text) : caf::expected<json>{make_error(errc::payload_too_large)};
  auto id = token::admit(command.request.command_id, "command id");
  if (!body || !body->is_object() || !body->contains("progress") || !id) {
    spdlog::warn("{}: {} says how far it is by something other than {{\"progress\": ...}} of at most {} bytes; it is told to nobody",
                 name_of(command), where_.subject, longest_progress);
    return;
  }
  open.next_progress = now + progress_pace;
  json document = {{"command_id", id->str()},
                   {"command_type", command.request.command_type},
                   {"timestamp", now_rfc3339()},
                   {"status", to_string(outcome_status::pending)},
                   {"progress", std::move((*body)["progress"])}};
  self_->send(gateway_, emit{subjects::progress(command.owner, *id), {}, dump(document)});
}

caf::expected<decision> remote_command_handler_state::read(const stored_command& command, const net::nats_message& msg) const {
  auto envelope = parse_response(msg.data());
  if (!envelope) return make_error(errc::bad_reply, where_.subject + ": " + failure_of(envelope.error()).detail);
  if (!envelope->success) return make_error(errc::bad_reply, where_.subject + ": expected 'success' field to be true or false");
  if (!*envelope->success) {
    auto body = json::parse(msg.data(), nullptr, false);
    auto code = body.contains("code") && body["code"].is_string() && is_token(body["code"].get_ref<const std::string&>())
                  ? body["code"].get<std::string>()
                  : std::string{"rejected"};
    return decision{rejection{std::move(code), envelope->error.value_or("rejected")}};
  }
  if (command.entry.spec->effect == command_effect::remove) return decision{remove_document{}};
  auto& document = envelope->payload;
  if (!document.is_object()) return make_error(errc::bad_reply, where_.subject + ": expected 'payload' field to be the new document");
  // The key is where the document is kept: a handler cannot move it.
  document[command.entry.model->key] = command.key.str();
  return decision{write_document{std::move(document)}};
}

remote_handler_actor::behavior_type remote_command_handler(remote_command_handler_ptr self, nats_gateway_actor gateway, remote_handler where) {
  self->state.init(std::move(gateway), std::move(where));
  return {
    [self](const decide_command& x) { return self->state.decide(x); },
    [self](const nats_reply& x) { self->state.on_reply(x); },
  };
}

} // namespace tidings
