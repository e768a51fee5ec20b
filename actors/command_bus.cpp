// SPDX-License-Identifier: MIT
#include "actors/command_bus.hpp"

#include "actors/headers.hpp"
#include "actors/stored_command.hpp"
#include "envelopes/errc.hpp"
#include "envelopes/ids.hpp"
#include "envelopes/subjects.hpp"
#include "envelopes/timestamp.hpp"
#include "model/effect.hpp"

namespace tidings {

namespace {

// What headers and subject may add to the body on the wire.
constexpr size_t message_overhead = 2048;

} // namespace

void command_bus_state::init(command_bus_options options) {
  options_ = std::move(options);
  auto types = std::make_shared<std::vector<token>>();
  for (auto& model : options_.models->models())
    for (auto& [type, spec] : model->commands) types->push_back(spec.type);
  types_ = std::move(types);
  self_->send(options_.gateway, follow_connection{self_});
}

void command_bus_state::submit(submit_command& x) {
  auto refuse_with = [&](caf::error why) {
    options_.counts->replied(x.command_type, command_reply::refused);
    refuse(x.listener, x.cookie, x.command_id, std::move(why));
  };
  if (draining) return refuse_with(make_error(errc::shutting_down, "stopping; another instance may take it"));
  if (options_.forwarder && !options_.models->find_command(x.command_type).model) {
    options_.counts->replied({}, command_reply::forwarded);
    return self_->send(options_.forwarder, std::move(x));
  }
  auto id = token::admit(x.command_id, "command id");
  if (!id) return refuse_with(id.error());
  auto outgoing = prepare(x, *id);
  if (!outgoing) return refuse_with(outgoing.error());
  // An id that was chosen may be that of a command which was stored before, and that one is never refused: its waiter looks.
  auto full = no_room();
  if (full && !x.client_chosen) {
    options_.counts->refused(refusal::backlog);
    return refuse_with(std::move(full));
  }
  auto slot = permit();
  if (!slot) {
    options_.counts->refused(refusal::waits);
    return refuse_with(make_error(errc::overloaded, "too many commands are being waited for"));
  }
  auto order = std::make_shared<wait_order>(wait_order{options_.gateway, options_.hub, options_.reactors, std::move(*id), *x.owner,
                                                       std::move(*outgoing), x.wait, options_.publish_deadline,
                                                       std::move(x.listener), x.cookie, std::move(slot), nullptr, options_.counts, std::move(full), options_.own});
  self_->spawn(command_waiter, std::move(order));
}

caf::expected<outgoing_command> command_bus_state::prepare(submit_command& x, const token& id) const {
  auto [model, spec] = options_.models->find_command(x.command_type);
  if (!model) return make_error(errc::no_handler, "No handler available for commands." + x.command_type);
  if (auto wrong = spec->check->violations(x.payload); !wrong.empty())
    return make_error(errc::schema_violation, failure{"the payload of " + spec->type.str() + " breaks its schema", std::move(wrong)});
  auto key = key_of(*model, *spec, x.payload, x.command_id);
  if (!key) return key.error();
  outgoing_command out;
  out.type = spec->type.str();
  auto message = std::make_shared<outgoing_message>();
  message->headers.reserve(5);
  message->headers.emplace_back(command_headers::msg_id, id.str());
  message->headers.emplace_back(command_headers::owner, x.owner->str());
  message->headers.emplace_back(command_headers::key, key->str());
  if (x.client_chosen) {
    out.digest = sha256_hex(out.type + '\n' + dump(x.payload));
    message->headers.emplace_back(command_headers::digest, out.digest);
  }
  if (x.expected_revision) message->headers.emplace_back(command_headers::expected_revision, std::to_string(*x.expected_revision));
  std::optional<milliseconds> expires; // since 1970
  if (x.ttl) {
    expires = std::chrono::duration_cast<milliseconds>((std::chrono::system_clock::now() + *x.ttl).time_since_epoch());
    message->headers.emplace_back(command_headers::expires, std::to_string(expires->count()));
  }
  if (x.delay.count() > 0) message->headers.emplace_back(command_headers::delay, std::to_string(x.delay.count()));
  if (!x.traceparent.empty()) message->headers.emplace_back(command_headers::traceparent, x.traceparent);
  // Commands of a model with unique members share one partition, so that whoever owns it sees them all in order.
  auto partition = subjects::partition_of(model->unique.empty() ? key->str() : model->bucket.str());
  message->subject = subjects::command_log(partition, spec->type, id);
  command_request request{out.type, id.str(), std::move(x.service_id), now_rfc3339(), std::move(x.payload)};
  message->data = to_json(request);
  if (max_payload > 0 && message->data.size() + message_overhead > static_cast<size_t>(max_payload))
    return make_error(errc::payload_too_large, "the command is larger than the NATS server takes (max_payload "
                                                 + std::to_string(max_payload) + " bytes)");
  if (options_.own) {
    out.meaning = std::make_unique<stored_command>(stored_command{std::move(request), *x.owner, std::move(*key), {}, out.digest, x.traceparent,
                                                                  x.expected_revision, {}, std::min(x.delay, longest_delay), {model, spec}});
    if (expires) out.meaning->expires = std::chrono::system_clock::time_point{*expires};
  }
  out.message = std::move(message);
  return out;
}

void command_bus_state::attach(const attach_command& x) {
  auto slot = permit();
  if (!slot) {
    options_.counts->refused(refusal::waits);
    return refuse(x.listener, x.cookie, x.command_id->str(), make_error(errc::overloaded, "too many commands are being waited for"));
  }
  auto order = std::make_shared<wait_order>(wait_order{options_.gateway, options_.hub, options_.reactors, *x.command_id, *x.owner,
                                                       std::nullopt, draining ? milliseconds{0} : x.wait, options_.publish_deadline, x.listener,
                                                       x.cookie, std::move(slot), types_, options_.counts});
  self_->spawn(command_waiter, std::move(order));
}

void command_bus_state::on_backlog(const backlog_report& x) {
  backlog_ = x;
}

caf::error command_bus_state::no_room() {
  if (!backlog_.full) return {};
  // Up to half as long again: those who were sent away together should not come back together.
  auto seconds = backlog_.retry_after + sent_away_++ % (backlog_.retry_after / 2 + 1);
  return make_error(errc::backlog_full, failure{std::to_string(backlog_.waiting) + " commands wait to be handled; this one was not stored",
                                                {}, seconds});
}

std::shared_ptr<void> command_bus_state::permit() {
  if (options_.counts->waiters >= options_.max_waiters) return nullptr;
  ++options_.counts->waiters;
  return {options_.counts.get(), [counts = options_.counts](void*) { --counts->waiters; }};
}

void command_bus_state::refuse(const command_listener& listener, uint64_t cookie, const std::string& command_id, caf::error why) {
  self_->send(listener, command_answer{cookie, std::move(why), command_id, outcome_status::pending, {}, 0, nullptr});
}

command_bus_actor::behavior_type command_bus(command_bus_ptr self, command_bus_options options) {
  self->state.init(std::move(options));
  return {
    [self](submit_command& x) { self->state.submit(x); },
    [self](const attach_command& x) { self->state.attach(x); },
    [self](const connection_change& x) { self->state.max_payload = x.max_payload; },
    [self](const backlog_report& x) { self->state.on_backlog(x); },
    [self](drain_atom) { self->state.draining = true; },
  };
}

} // namespace tidings
