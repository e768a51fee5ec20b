// SPDX-License-Identifier: MIT
#include "actors/event_stream.hpp"

#include <algorithm>

namespace tidings {

std::shared_ptr<const std::vector<std::string>> refetch_list(const catalog& models) {
  auto out = std::make_shared<std::vector<std::string>>();
  for (auto& model : models.models())
    for (auto& [type, spec] : model->queries)
      if (spec.effect == query_effect::list) out->push_back("/queries/" + type);
  return out;
}

owner_events_state::~owner_events_state() {
  if (order_) self_->send(order_->hub, leave_events{order_->owner.str(), self_});
}

void owner_events_state::init(std::shared_ptr<event_stream_order> order) {
  order_ = std::move(order);
  writer.emplace(order_->connection, order_->counts, stream_kind::owner);
  self_->send(order_->hub, join_events{order_->owner.str(), self_});
}

void owner_events_state::on_joined(const joined& x) {
  if (order_->last_event_id.empty()) {
    sent_ = x.last_sequence;
    writer->begin(std::to_string(sent_));
    live_ = true;
    return;
  }
  writer->begin({});
  self_->send(order_->hub, ask_kept{self_});
}

void owner_events_state::on_kept(const kept& x) {
  if (x.error) return writer->finish(); // the client comes back with the position it has
  auto asked = parse_event_id(order_->last_event_id);
  if (!asked || *asked > x.last) {
    sent_ = x.last;
    gap("unknown_position", x.first);
  } else if (*asked + 1 < x.first) {
    sent_ = x.first - 1;
    gap("position_no_longer_kept", x.first);
  } else {
    sent_ = *asked;
  }
  replay();
}

void owner_events_state::gap(std::string_view reason, uint64_t first_kept) {
  json data = {{"reason", reason}, {"last_event_id", order_->last_event_id}, {"first_kept", first_kept}, {"refetch", *order_->refetch}};
  writer->event(std::to_string(sent_), "gap", dump(data));
}

void owner_events_state::replay() {
  if (writer->full()) {
    waiting_for_reader_ = true; // history is read no faster than the client reads
    return;
  }
  self_->send(order_->hub, ask_missed{order_->owner.str(), sent_, self_});
}

void owner_events_state::on_drained() {
  writer->drained();
  if (!std::exchange(waiting_for_reader_, false)) return;
  replay();
}

void owner_events_state::on_missed(const missed& x) {
  if (x.error) return writer->finish();
  for (auto& outcome : x.outcomes) send(outcome);
  sent_ = std::max(sent_, x.up_to);
  if (x.all) live_ = true;
  else replay();
}

void owner_events_state::on_notification(const notification& x) {
  // What comes live during the replay is part of it.
  if (live_) send(x);
}

void owner_events_state::send(const notification& x) {
  // Filtered at the source already; once more here, since an outcome in the wrong hands cannot be taken back.
  if (x.sequence <= sent_ || x.owner != order_->owner.str()) return;
  sent_ = x.sequence;
  writer->event(std::to_string(x.sequence), to_string(x.status), *x.document, x.traceparent);
}

void owner_events_state::on_progress(const progress_report& x) {
  // Of what is long over by now, while history is replayed, nobody wants to know how far it was.
  if (!live_ || x.owner != order_->owner.str() || writer->full()) return;
  writer->event({}, "progress", *x.document);
}

event_stream_actor::behavior_type owner_events(owner_events_state::pointer self, std::shared_ptr<event_stream_order> order) {
  self->state.init(std::move(order));
  return {
    [](const command_answer&) {},
    [](query_answer&) {},
    [self](const notification& x) { self->state.on_notification(x); },
    [self](const progress_report& x) { self->state.on_progress(x); },
    [self](const joined& x) { self->state.on_joined(x); },
    [self](const kept& x) { self->state.on_kept(x); },
    [self](const missed& x) { self->state.on_missed(x); },
    [](model_atom) {},
    [](pace_atom) {},
    [self](tick_atom) { self->state.on_drained(); },
    [self](beat_atom) { self->state.writer->sign_of_life(); },
    [self](stop_atom) { self->state.writer->finish(); },
    [](const abandon_wait&) {},
  };
}

} // namespace tidings
