// SPDX-License-Identifier: MIT
#include "actors/event_stream.hpp"

#include "envelopes/errc.hpp"
#include "envelopes/response.hpp"
#include "envelopes/timestamp.hpp"

namespace tidings {

using namespace std::chrono_literals;

namespace {

// Between two answers, however fast changes come: a person cannot read faster, and an answer may cost a long list.
constexpr auto pace = 50ms;

/// The part of a query response that changes with the data.
std::string_view payload_of(std::string_view body) {
  auto i = body.find("\"payload\":");
  return i == std::string_view::npos ? body : body.substr(i);
}

} // namespace

live_query_state::~live_query_state() {
  if (order_) self_->send(order_->hub, leave_events{{}, self_});
}

void live_query_state::init(std::shared_ptr<event_stream_order> order) {
  order_ = std::move(order);
  writer.emplace(order_->connection, order_->counts, stream_kind::query);
  self_->send(order_->hub, join_events{{}, self_});
  ask();
}

void live_query_state::ask() {
  changed_ = false;
  paced_ = true;
  self_->delayed_send(self_, pace, pace_atom::value);
  auto query = *order_->query;
  query.listener = self_;
  self_->send(order_->queries, std::move(query));
}

void live_query_state::on_answer(query_answer& x) {
  bool gone = x.error && code_of(x.error) == errc::not_found;
  if (x.error && !writer->begun() && !gone) {
    x.cookie = order_->cookie;
    self_->send(order_->session, std::move(x));
    return self_->quit();
  }
  if (x.error)
    x.body = to_json(response{false, "query_id", x.query_id, now_rfc3339(), nullptr, failure_of(x.error).detail});
  if (!writer->begun()) writer->begin({});
  auto payload = payload_of(x.body);
  if (payload != last_payload_) {
    last_payload_ = payload;
    writer->event(x.revision == 0 ? std::string{} : std::to_string(x.revision), "result", x.body);
    reading_ = true;
  }
  self_->send(order_->queries, watch_changes{x.bucket, x.revision, x.key, self_});
}

void live_query_state::on_change() {
  changed_ = true;
  // The first change after quiet is what a person waits for; only those that follow it closely are put together.
  if (!paced_ && !reading_) ask();
}

void live_query_state::on_pace() {
  paced_ = false;
  if (changed_ && !reading_) ask();
}

void live_query_state::on_drained() {
  writer->drained();
  reading_ = false;
  if (changed_ && !paced_) ask();
}

event_stream_actor::behavior_type live_query(live_query_state::pointer self, std::shared_ptr<event_stream_order> order) {
  self->state.init(std::move(order));
  return {
    [](const command_answer&) {},
    [self](query_answer& x) { self->state.on_answer(x); },
    [](const notification&) {},
    [](const progress_report&) {},
    [](const joined&) {},
    [](const kept&) {},
    [](missed&) {},
    [self](model_atom) { self->state.on_change(); },
    [self](pace_atom) { self->state.on_pace(); },
    [self](tick_atom) { self->state.on_drained(); },
    [self](beat_atom) { self->state.writer->sign_of_life(); },
    [self](stop_atom) { self->state.writer->finish(); },
    [](const abandon_wait&) {},
  };
}

} // namespace tidings
