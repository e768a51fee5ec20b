// SPDX-License-Identifier: MIT
#include "actors/reactor.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "actors/dead_letter.hpp"
#include "actors/failpoint.hpp"
#include "actors/settlement.hpp"
#include "actors/stored_command.hpp"
#include "envelopes/subjects.hpp"
#include "net/jetstream.hpp"

namespace tidings {

using namespace std::chrono_literals;

namespace {

constexpr auto tick = 500ms;
constexpr milliseconds ack_wait{30'000};
constexpr auto say_in_progress_after = ack_wait / 3;
constexpr milliseconds heartbeat{2'000};
constexpr auto silence = 3 * heartbeat;
constexpr auto ask_again_after = 5s;

constexpr const char* in_progress_text = "+WPI";

} // namespace

void reactor_state::init(reactor_options options) {
  options_ = std::move(options);
  takeover_.init({options_.gateway, options_.partition, self_, self_, options_.max_in_flight, ack_wait, heartbeat});
  report();
  self_->send(options_.gateway, follow_connection{self_});
}

// ---- Whether to consume --------------------------------------------------------------------------------------------

void reactor_state::on_streams(const streams_ready&) {
  streams_ready_ = true;
  take_over();
}

void reactor_state::take_over() {
  if (!connected_ || !streams_ready_ || !allowed_) return;
  using phase = takeover::phase;
  if (takeover_.at() != phase::idle && takeover_.at() != phase::failed) return;
  // In a stream that was made anew, the sequences of open commands are those of others.
  takeover_.begin({started_behind_ ? settled_up_to() : std::nullopt, before_, tasks_.empty() ? 0 : incarnation_});
}

void reactor_state::look_at_stream() {
  if (takeover_.incarnation() == std::exchange(incarnation_, takeover_.incarnation())) return;
  started_behind_.reset();
  delivered_ = 0;
}

std::optional<uint64_t> reactor_state::settled_up_to() const {
  // In this process nothing below the oldest open command is undone, and nothing above the newest delivered one is done.
  auto result = started_behind_ ? std::max(*started_behind_, delivered_) : stopped_at_;
  if (result)
    for (auto& [sequence, open] : tasks_) result = std::min(*result, sequence - 1);
  return result;
}

void reactor_state::on_lease(const lease_change& x) {
  if (x.held) {
    allowed_ = true;
    owner_ = x.listener;
    before_ = x.settled;
    stopped_at_.reset();
    told_.reset();
    if (drained_.pending()) drained_.deliver(false);
    take_over();
  } else {
    // What is under way may end: compare-and-set keeps it from overwriting what the next one writes.
    stop();
  }
  report();
}

void reactor_state::stop() {
  allowed_ = false;
  takeover_.stop();
  if (started_behind_) stopped_at_ = std::max(*started_behind_, delivered_);
  started_behind_.reset();
  delivered_ = 0;
}

void reactor_state::on_connection(const connection_change& x) {
  connected_ = x.connected;
  heard_ = self_->clock().now();
  if (x.connected) {
    if (takeover_.consuming()) takeover_.verify();
    else take_over();
  }
  report();
}

void reactor_state::on_reply(const nats_reply& x) {
  using phase = takeover::phase;
  auto before = takeover_.at();
  bool of_takeover = takeover_.on_reply(x);
  if (!of_takeover && (x.cookie & outcome_lookup) != 0) return on_outcome_lookup(x);
  if (!of_takeover && x.cookie == consumer_state && !x.error)
    if (auto answer = net::jetstream::parse_api_answer(x.message.data()); answer && !answer->error)
      options_.counts->behind[options_.partition] = answer->body.value("num_pending", uint64_t{0});
  if (before == phase::verifying && takeover_.at() == phase::failed)
    spdlog::error("the consumer of {} is gone; making another behind what is settled", subjects::command_log_part(options_.partition));
  if (before != phase::consuming && takeover_.at() == phase::consuming) {
    look_at_stream();
    if (!started_behind_) started_behind_ = takeover_.start() - 1;
    consuming_since_ = heard_ = self_->clock().now();
  }
  report();
}

void reactor_state::report() {
  auto& counts = *options_.counts;
  bool consuming = connected_ && takeover_.consuming();
  if (consuming != std::exchange(consuming_, consuming)) counts.consuming += (consuming ? 1 : -1) * (options_.partition == subjects::partitions ? static_cast<int>(subjects::partitions) : 1);
  if (!consuming) counts.behind[options_.partition] = 0;
  partition_report now{options_.partition, consuming, takeover_.trouble(), settled_up_to().value_or(0), takeover_.incarnation()};
  if (!owner_ || told_ == now) return;
  told_ = now;
  self_->send(owner_, std::move(now));
}

// ---- Deliveries ----------------------------------------------------------------------------------------------------

void reactor_state::on_batch(const nats_batch& x) {
  if (x.tag != takeover_.tag()) return;
  look_at_stream(); // a delivery may be here before we hear that there is a consumer
  heard_ = self_->clock().now();
  for (auto& msg : x.messages) {
    auto info = net::parse_delivery(msg.reply());
    if (!takeover_.in_order(msg, info)) return take_over();
    if (info) take(msg, *info);
  }
}

void reactor_state::take(const net::nats_message& msg, const net::delivery_info& info) {
  auto sequence = info.stream_sequence;
  auto [i, fresh] = tasks_.try_emplace(sequence);
  auto& x = i->second;
  x.message = msg;
  x.touched = self_->clock().now();
  auto& counts = *options_.counts;
  counts.in_flight += fresh ? 1 : 0;
  counts.behind[options_.partition] = info.pending;
  asked_ = x.touched;
  if (info.delivered > 1) ++counts.redelivered;
  if (!fresh) return; // redelivered while we work on it
  failpoint("reactor.delivered");
  x.received = x.touched;
  // What the stream held when we took over may have been told by whoever consumed before.
  bool seen_before = sequence <= std::max(delivered_, takeover_.last_sequence()) || info.delivered > 1;
  delivered_ = std::max(delivered_, sequence);
  auto command = command_of(msg, sequence);
  if (!command) {
    auto reason = failure_of(command.error()).detail;
    if (auto told = outcome_of_unreadable(msg, reason); !told.subject.empty()) x.telling = std::make_shared<outgoing_message>(std::move(told));
    return bury(sequence, x, dead_letter_of(msg, {reason, 1, info}));
  }
  x.command = std::move(*command);
  failpoint("reactor.before_project");
  self_->send(projector_of(*x.command), project{x.command, seen_before, self_});
}

caf::expected<stored_command_ptr> reactor_state::command_of(const net::nats_message& msg, uint64_t sequence) const {
  log_position position{takeover_.incarnation(), sequence};
  auto own = options_.own ? options_.own->take(sequence, msg.data()) : nullptr;
  if (!own) return read_stored_command(*options_.models, msg, position);
  own->position = position;
  // Before we consumed, an earlier command of its id may have been under way elsewhere.
  if (own->untold_at && *own->untold_at < consuming_since_) own->untold_at.reset();
  return stored_command_ptr{std::move(own)};
}

caf::result<stage> reactor_state::stage_of(const ask_stage& x) {
  auto i = tasks_.find(x.sequence);
  if (i == tasks_.end()) return x.sequence <= delivered_ ? stage::projected : stage::accepted;
  if (!i->second.command || i->second.at != step::projecting) return i->second.reached;
  return self_->delegate(projector_of(*i->second.command), x);
}

const kv_projector_actor& reactor_state::projector_of(const stored_command& x) const {
  return options_.projectors.at(x.entry.model->bucket.str());
}

// ---- Time ----------------------------------------------------------------------------------------------------------

void reactor_state::on_tick() {
  auto now = self_->clock().now();
  for (auto& [sequence, t] : tasks_) {
    if (t.retry_at != clock_time{} && t.retry_at <= now) try_again(sequence, t);
    if (now - t.touched < say_in_progress_after) continue;
    t.touched = now;
    self_->send(options_.gateway, emit{std::string{t.message.reply()}, {}, in_progress_text});
  }
  if (takeover_.consuming() && connected_ && now - heard_ > silence) {
    heard_ = now;
    takeover_.verify();
  }
  if (takeover_.at() == takeover::phase::failed) take_over();
  ask_how_far_behind();
  report();
  self_->delayed_send(self_, tick, tick_atom::value);
}

void reactor_state::ask_how_far_behind() {
  // Every delivery says it. But in a jam, when as much is in flight as may be, nothing is delivered.
  auto now = self_->clock().now();
  if (tasks_.empty() || !takeover_.consuming() || !connected_ || now - asked_ < ask_again_after) return;
  asked_ = now;
  self_->send(options_.gateway, nats_request{net::jetstream::api("CONSUMER.INFO.COMMANDS." + takeover_.consumer()), {}, {}, 2s, self_, consumer_state});
}

caf::result<bool> reactor_state::drain() {
  stop();
  if (drained_.pending()) drained_.deliver(false);
  drained_ = self_->make_response_promise<bool>();
  auto promise = drained_;
  report();
  if (tasks_.empty()) drained_.deliver(true);
  return promise;
}

reactor_actor::behavior_type reactor(reactor_ptr self, reactor_options options) {
  self->state.init(std::move(options));
  self->delayed_send(self, tick, tick_atom::value);
  return {
    // CAF tries them in turn: first what comes with every command.
    [self](const nats_batch& x) { self->state.on_batch(x); },
    [self](const published& x) { self->state.on_published(x); },
    [self](projected& x) { self->state.on_projected(x); },
    [self](const ask_stage& x) { return self->state.stage_of(x); },
    [self](const lease_change& x) { self->state.on_lease(x); },
    [self](const streams_ready& x) { self->state.on_streams(x); },
    [self](const connection_change& x) { self->state.on_connection(x); },
    [self](const nats_reply& x) { self->state.on_reply(x); },
    [self](drain_atom) { return self->state.drain(); },
    [self](tick_atom) { self->state.on_tick(); },
  };
}

} // namespace tidings
