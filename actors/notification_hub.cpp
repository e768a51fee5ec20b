// SPDX-License-Identifier: MIT
#include "actors/notification_hub.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "actors/headers.hpp"
#include "envelopes/subjects.hpp"

namespace tidings {

using namespace std::chrono_literals;

namespace {

constexpr auto second = 1s;
constexpr uint64_t progress_tag = std::numeric_limits<uint64_t>::max(); // the ordered consumer counts from 0
constexpr uint32_t heartbeat_seconds = 15; // between signs of life on an event stream

template <class Listener>
void erase_one(text_multimap<Listener>& from, const std::string& key, const Listener& who) {
  auto [first, last] = from.equal_range(key);
  auto i = std::find_if(first, last, [&](auto& x) { return x.second == who; });
  if (i != last) from.erase(i);
}

} // namespace

namespace {

/// @param header Gives a header's value, empty if there is none.
std::optional<notification> read_outcome(std::string_view subject, auto header, uint64_t sequence, std::shared_ptr<const std::string> document) {
  auto status = header(notification_headers::status);
  notification result;
  if (status == to_string(outcome_status::completed)) result.status = outcome_status::completed;
  else if (status == to_string(outcome_status::failed)) result.status = outcome_status::failed;
  else return std::nullopt;
  result.owner = subjects::token_at(subject, 1);
  result.command_id = subjects::token_at(subject, 2);
  result.sequence = sequence;
  result.code = header(notification_headers::code);
  result.digest = header(notification_headers::digest);
  result.timing = header(notification_headers::timing);
  result.traceparent = header(notification_headers::traceparent);
  result.document = std::move(document);
  return result;
}

} // namespace

std::optional<notification> to_notification(const net::nats_message& msg, uint64_t sequence) {
  // A direct get renames the message; its own subject is then in a header.
  auto subject = msg.header("Nats-Subject");
  if (subject.empty()) subject = msg.subject();
  auto header = [&](const char* name) { return msg.header(name); };
  return read_outcome(subject, header, sequence, std::make_shared<const std::string>(msg.data()));
}

std::optional<notification> to_notification(const stored_outcome& x) {
  auto header = [&](std::string_view name) { return net::value_of(x.what->headers, name); };
  return read_outcome(x.what->subject, header, x.sequence, {x.what, &x.what->data});
}

void notification_hub_state::init(notification_hub_options options) {
  options_ = std::move(options);
  consumer_.emplace(options_.gateway, ordered_consumer::options{"NOTIFICATIONS", {}, self_, self_, 0});
  desk_.emplace(replay_desk::options{options_.gateway, self_, options_.counts, options_.memory});
  report();
  self_->send(options_.gateway, follow_connection{self_});
}

void notification_hub_state::on_streams(const streams_ready& x) {
  if (std::exchange(started_, true)) return;
  self_->send(options_.gateway, subscribe{std::string{subjects::progress_filter}, {}, self_, progress_tag});
  // From before the stream stood where it did when this process took its first command: nothing of ours can be missed, and after
  // a restart all event streams of this process come back at once.
  began_at_ = x.notifications_last_sequence;
  auto behind = began_at_ - std::min<uint64_t>(began_at_, options_.memory.outcomes);
  desk_->history().start_behind(behind);
  consumer_->start({net::jetstream::start_at::policy::sequence, behind + 1}, self_->clock().now());
}

void notification_hub_state::on_connection(const connection_change& x) {
  connected_ = x.connected;
  if (x.connected) consumer_->resume(self_->clock().now());
  else consumer_->pause();
  report();
}

void notification_hub_state::on_reply(const nats_reply& x) {
  if (desk_->on_reply(x)) return;
  consumer_->on_reply(x, self_->clock().now());
  report();
}

void notification_hub_state::on_progress(const net::nats_message& msg) {
  progress_report x{std::string{subjects::token_at(msg.subject(), 1)}, std::string{subjects::token_at(msg.subject(), 2)}, nullptr};
  auto [first, last] = followers_.equal_range(x.command_id);
  auto [first_stream, last_stream] = streams_.equal_range(x.owner);
  if (first == last && first_stream == last_stream) return;
  x.document = std::make_shared<const std::string>(msg.data());
  for (auto i = first; i != last; ++i) self_->send(i->second, x);
  for (auto i = first_stream; i != last_stream; ++i) self_->send(i->second, x);
}

void notification_hub_state::on_batch(const nats_batch& x) {
  if (x.tag == progress_tag) {
    for (auto& msg : x.messages) on_progress(msg);
    return;
  }
  consumer_->on_batch(x, self_->clock().now(), [this](const net::nats_message& msg, const net::delivery_info& info) {
    desk_->history().add(msg, info.stream_sequence);
    // Most instances see many outcomes that nobody waits for here: look before reading headers.
    auto [first, last] = waiters_.equal_range(subjects::token_at(msg.subject(), 2));
    auto [first_stream, last_stream] = streams_.equal_range(subjects::token_at(msg.subject(), 1));
    if (first == last && first_stream == last_stream) return;
    auto outcome = to_notification(msg, info.stream_sequence);
    if (!outcome) return;
    for (auto i = first; i != last; ++i) self_->send(i->second, *outcome);
    for (auto i = first_stream; i != last_stream; ++i) self_->send(i->second, *outcome);
    if (outcome->status != outcome_status::pending) waiters_.erase(first, last);
  });
  report();
}

void notification_hub_state::on_tick() {
  auto now = self_->clock().now();
  consumer_->on_tick(now);
  report();
  self_->delayed_send(self_, consumer_->next_tick(), tick_atom::value);
  if (now < second_over_) return;
  second_over_ = now + second;
  if (++seconds_ % heartbeat_seconds == 0) // one timer for all streams
    for (auto& [owner, stream] : streams_) self_->send(stream, beat_atom::value);
  desk_->on_tick();
}

void notification_hub_state::watch(const watch_command& x) {
  waiters_.emplace(x.command_id, x.listener);
}

void notification_hub_state::unwatch(const unwatch_command& x) {
  erase_one(waiters_, x.command_id, x.listener);
}

void notification_hub_state::abandon(const abandon_wait& x) {
  auto [first, last] = waiters_.equal_range(x.command_id);
  for (auto i = first; i != last; ++i) self_->send(i->second, x);
}

void notification_hub_state::on_stored(const stored_outcome& x) {
  // An event stream is told in the order of the stream, since its reader comes back with the position it read last. What is
  // stored before this one may still be on its way here: then this one is delivered behind it.
  bool in_order = consumer_->take_own(x.sequence, self_->clock().now());
  if (in_order) desk_->history().add(x);
  auto [first, last] = waiters_.equal_range(subjects::token_at(x.what->subject, 2));
  auto [first_stream, last_stream] = streams_.equal_range(subjects::token_at(x.what->subject, 1));
  if (!in_order) first_stream = last_stream;
  if (first == last && first_stream == last_stream) return;
  auto outcome = to_notification(x);
  if (!outcome) return;
  for (auto i = first_stream; i != last_stream; ++i) self_->send(i->second, *outcome);
  for (auto i = first; i != last;) {
    auto& waiter = i->second;
    if (++i == last) self_->send(waiter, std::move(*outcome)); // nearly always the only one
    else self_->send(waiter, *outcome);
  }
  waiters_.erase(first, last);
}

void notification_hub_state::end_streams() {
  for (auto& [owner, stream] : streams_) self_->send(stream, stop_atom::value);
}

void notification_hub_state::join(const join_events& x) {
  streams_.emplace(x.owner, x.listener);
  if (!x.command_id.empty()) followers_.emplace(x.command_id, x.listener);
  self_->send(x.listener, joined{std::max(consumer_->last_sequence(), began_at_)});
}

void notification_hub_state::leave(const leave_events& x) {
  erase_one(streams_, x.owner, x.listener);
  erase_one(followers_, x.command_id, x.listener);
  desk_->forget(x.listener);
}

void notification_hub_state::abandon_all() {
  for (auto& [id, waiter] : waiters_) self_->send(waiter, abandon_wait{id, {}});
}

void notification_hub_state::report() {
  bool ready = connected_ && started_ && consumer_->caught_up();
  if (told_ == ready) return;
  told_ = ready;
  self_->send(options_.readiness, component_state{"notifications", ready, ready ? "" : "not following the NOTIFICATIONS stream"});
}

notification_hub_actor::behavior_type notification_hub(notification_hub_ptr self, notification_hub_options options) {
  self->state.init(std::move(options));
  self->delayed_send(self, second, tick_atom::value);
  return {
    // CAF tries them in turn: first what comes with every command.
    [self](const watch_command& x) { self->state.watch(x); },
    [self](const stored_outcome& x) { self->state.on_stored(x); },
    [self](const nats_batch& x) { self->state.on_batch(x); },
    [self](const unwatch_command& x) { self->state.unwatch(x); },
    [self](const abandon_wait& x) { self->state.abandon(x); },
    [self](drain_atom) { self->state.abandon_all(); },
    [self](stop_atom) { self->state.end_streams(); },
    [self](const join_events& x) { self->state.join(x); },
    [self](const leave_events& x) { self->state.leave(x); },
    [self](const ask_kept& x) { self->state.replay(x); },
    [self](const ask_missed& x) { self->state.replay(x); },
    [self](const streams_ready& x) { self->state.on_streams(x); },
    [self](const connection_change& x) { self->state.on_connection(x); },
    [self](const nats_reply& x) { self->state.on_reply(x); },
    [self](tick_atom) { self->state.on_tick(); },
  };
}

} // namespace tidings
