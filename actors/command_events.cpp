// SPDX-License-Identifier: MIT
#include "actors/event_stream.hpp"

#include <charconv>

#include "actors/owner.hpp"
#include "envelopes/outcome.hpp"

namespace tidings {

std::optional<uint64_t> parse_event_id(std::string_view text) {
  uint64_t value = 0;
  auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  return ec == std::errc{} && end == text.data() + text.size() ? std::optional{value} : std::nullopt;
}

command_events_state::~command_events_state() {
  if (!order_) return;
  self_->send(order_->hub, unwatch_command{order_->command_id->str(), self_});
  self_->send(order_->hub, leave_events{{}, self_, order_->command_id->str()});
}

void command_events_state::init(std::shared_ptr<event_stream_order> order) {
  order_ = std::move(order);
  writer.emplace(order_->connection, order_->counts, stream_kind::command);
  self_->send(order_->hub, watch_command{order_->command_id->str(), self_});
  self_->send(order_->hub, join_events{{}, self_, order_->command_id->str()});
  attach_command state;
  state.command_id = order_->command_id;
  state.owner = order_->owner;
  state.listener = self_;
  self_->send(order_->commands, std::move(state));
}

void command_events_state::on_state(const command_answer& x) {
  if (ended_ || writer->begun()) return; // the outcome came live meanwhile
  if (x.error) {
    ended_ = true;
    self_->send(order_->session, command_answer{order_->cookie, x.error, x.command_id, outcome_status::pending, {}, 0, nullptr});
    return self_->quit();
  }
  if (x.status != outcome_status::pending) return terminal(x.status, x.sequence, *x.document, {});
  writer->begin({});
  writer->event({}, to_string(x.status), *x.document);
}

void command_events_state::on_notification(const notification& x) {
  bool ours = x.owner == order_->owner.str() || x.owner == public_owner().str();
  if (ended_ || !ours || x.status == outcome_status::pending) return;
  terminal(x.status, x.sequence, *x.document, x.traceparent);
}

void command_events_state::on_progress(const progress_report& x) {
  // Before the state is known nobody is known to be allowed to see it.
  bool ours = x.owner == order_->owner.str() || x.owner == public_owner().str();
  if (ended_ || !ours || !writer->begun() || writer->full()) return;
  writer->event({}, "progress", *x.document);
}

void command_events_state::terminal(outcome_status status, uint64_t sequence, const std::string& document, std::string_view traceparent) {
  ended_ = true;
  auto seen = parse_event_id(order_->last_event_id);
  if (!writer->begun() && seen && *seen >= sequence) {
    writer->nothing_more();
    return self_->quit();
  }
  if (!writer->begun()) writer->begin({});
  writer->event(std::to_string(sequence), to_string(status), document, traceparent);
  writer->finish();
}

event_stream_actor::behavior_type command_events(command_events_state::pointer self, std::shared_ptr<event_stream_order> order) {
  self->state.init(std::move(order));
  return {
    [self](const command_answer& x) { self->state.on_state(x); },
    [](query_answer&) {},
    [self](const notification& x) { self->state.on_notification(x); },
    [self](const progress_report& x) { self->state.on_progress(x); },
    [](const joined&) {},
    [](const kept&) {},
    [](missed&) {},
    [](model_atom) {},
    [](pace_atom) {},
    [self](tick_atom) { self->state.writer->drained(); },
    [self](beat_atom) { self->state.writer->sign_of_life(); },
    [self](stop_atom) { self->state.writer->finish(); },
    [](const abandon_wait&) {},
  };
}

} // namespace tidings
