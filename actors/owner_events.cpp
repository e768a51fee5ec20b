// SPDX-License-Identifier: MIT
#include "actors/event_stream.hpp"

#include <algorithm>

#include "actors/notification_hub.hpp"
#include "envelopes/errc.hpp"
#include "net/jetstream.hpp"

namespace tidings {

using namespace std::chrono_literals;

namespace {

// Finding the next outcome of a quiet owner can mean a walk through the stream.
constexpr auto lookup_timeout = 10s;

} // namespace

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
    return go_live();
  }
  writer->begin({});
  self_->send(order_->gateway, nats_request{net::jetstream::api("STREAM.INFO.NOTIFICATIONS"), {}, {}, lookup_timeout, self_, stream_info});
}

void owner_events_state::on_reply(const nats_reply& x) {
  if (x.error) { // the client comes back with the position it has
    writer->finish();
    return;
  }
  if (x.cookie == stream_info) on_stream_info(x);
  else on_next(x);
}

void owner_events_state::on_stream_info(const nats_reply& x) {
  auto answer = net::jetstream::parse_api_answer(x.message.data());
  if (!answer || answer->error) return writer->finish();
  auto state = answer->body.value("state", json::object());
  auto first = state.value("first_seq", uint64_t{0});
  auto last = state.value("last_seq", uint64_t{0});
  auto asked = parse_event_id(order_->last_event_id);
  if (!asked || *asked > last) {
    sent_ = last;
    gap("unknown_position", first);
  } else if (*asked + 1 < first) {
    sent_ = first - 1;
    gap("position_no_longer_kept", first);
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
  json next = {{"seq", sent_ + 1}, {"next_by_subj", "notifications." + order_->owner.str() + ".*"}};
  self_->send(order_->gateway, nats_request{net::jetstream::api("DIRECT.GET.NOTIFICATIONS"), {}, next.dump(), lookup_timeout, self_, next_outcome});
}

void owner_events_state::on_drained() {
  writer->drained();
  if (!std::exchange(waiting_for_reader_, false)) return;
  replay();
}

void owner_events_state::on_next(const nats_reply& x) {
  auto status = x.message.status();
  if (status == 404) {
    if (!std::exchange(overflowed_, false)) return go_live();
    held_.clear(); // more came than we hold: it is in the stream by now
    return replay();
  }
  if (status != 0) return writer->finish();
  auto sequence = parse_event_id(x.message.header("Nats-Sequence"));
  if (!sequence) return writer->finish();
  if (auto outcome = to_notification(x.message, *sequence)) send(*outcome);
  sent_ = std::max(sent_, *sequence);
  replay();
}

void owner_events_state::go_live() {
  live_ = true;
  for (auto& x : std::exchange(held_, {})) send(x);
}

void owner_events_state::on_notification(const notification& x) {
  if (live_) return send(x);
  if (held_.size() < max_held) held_.push_back(x);
  else overflowed_ = true;
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
    [self](const nats_reply& x) { self->state.on_reply(x); },
    [self](const notification& x) { self->state.on_notification(x); },
    [self](const progress_report& x) { self->state.on_progress(x); },
    [self](const joined& x) { self->state.on_joined(x); },
    [](model_atom) {},
    [](pace_atom) {},
    [self](tick_atom) { self->state.on_drained(); },
    [self](beat_atom) { self->state.writer->sign_of_life(); },
    [self](stop_atom) { self->state.writer->finish(); },
    [](const abandon_wait&) {},
  };
}

} // namespace tidings
