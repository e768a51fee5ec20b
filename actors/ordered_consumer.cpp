// SPDX-License-Identifier: MIT
#include "actors/ordered_consumer.hpp"

#include <charconv>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "envelopes/errc.hpp"
#include "envelopes/ids.hpp"

namespace tidings {

using namespace std::chrono_literals;

namespace {

constexpr auto heartbeat = 2s;
constexpr auto silence = 3 * heartbeat;
constexpr auto call_timeout = 2s;

constexpr auto tick = 1s;
// Without deliveries: how long what somebody else writes may stay unseen after our last write.
constexpr auto alone_tick = 100ms;
// Own messages a second. Between the two it stays as it is.
constexpr uint64_t often = 200, seldom = 100;
// After somebody else wrote, who may go on to.
constexpr auto together = 30s;

} // namespace

ordered_consumer::ordered_consumer(nats_gateway_actor gateway, options opts)
    : gateway_{std::move(gateway)}, opts_{std::move(opts)}, inbox_{"_INBOX." + make_session_id() + '.'} {}

void ordered_consumer::start(net::jetstream::start_at from, clock_time now) {
  from_ = from;
  last_sequence_ = from.how == net::jetstream::start_at::policy::sequence && from.sequence > 0 ? from.sequence - 1 : 0;
  seen_any_ = false;
  ticked_ = now;
  create(now);
}

void ordered_consumer::pause() {
  if (state_ != state::stopped) state_ = state::paused;
  caught_up_ = false;
}

void ordered_consumer::resume(clock_time now) {
  if (state_ != state::stopped) create(now);
}

void ordered_consumer::create(clock_time now) {
  auto from = from_;
  if (seen_any_) from = {net::jetstream::start_at::policy::sequence, last_sequence_ + 1};
  drop_subscription();
  consumed_ = 0;
  caught_up_ = state_ == state::alone; // nothing broke
  heard_ = now;
  state_ = state::creating;
  auto deliver = inbox_ + std::to_string(epoch_);
  caf::anon_send(gateway_, subscribe{deliver, {}, opts_.batches, epoch_});
  auto heartbeat_ns = static_cast<uint64_t>(std::chrono::nanoseconds{heartbeat}.count());
  caf::anon_send(gateway_, nats_request{net::jetstream::api("CONSUMER.CREATE." + opts_.stream), {},
                                        net::jetstream::ordered_consumer_config(opts_.stream, deliver, opts_.filter, from, heartbeat_ns),
                                        call_timeout, opts_.replies, opts_.cookie});
}

void ordered_consumer::drop_subscription() {
  caf::anon_send(gateway_, unsubscribe{opts_.batches, epoch_});
  ++epoch_;
}

void ordered_consumer::on_reply(const nats_reply& x, clock_time now) {
  if (state_ != state::creating && state_ != state::locating) return;
  heard_ = now;
  auto fail = [this](const std::string& why) {
    spdlog::warn("cannot follow stream {}: {}", opts_.stream, why);
    state_ = state::failed; // the next tick tries again
  };
  if (x.error) return fail(failure_of(x.error).detail);
  auto answer = net::jetstream::parse_api_answer(x.message.data());
  if (!answer) return fail(failure_of(answer.error()).detail);
  if (answer->error) return fail(answer->error->description);
  bool about_consumer = !answer->body.contains("state");
  if (about_consumer != (state_ == state::creating)) return; // of an older try
  if (about_consumer && !net::jetstream::leader_of(answer->body).empty()) {
    made_ = std::move(answer->body);
    state_ = state::locating;
    caf::anon_send(gateway_, nats_request{net::jetstream::api("STREAM.INFO." + opts_.stream), {}, {}, call_timeout, opts_.replies, opts_.cookie});
    return;
  }
  if (about_consumer) return on_created(answer->body, now);
  if (!net::jetstream::reads_from_leader(made_, net::jetstream::leader_of(answer->body)) && ++places_tried_ < net::jetstream::places_to_try) return create(now);
  on_created(std::exchange(made_, nullptr), now);
}

void ordered_consumer::on_created(const json& body, clock_time now) {
  places_tried_ = 0;
  state_ = state::following;
  if (body.value("num_pending", uint64_t{0}) == 0) reach_end(now);
}

void ordered_consumer::reach_end(clock_time now) {
  using policy = net::jetstream::start_at::policy;
  if (from_.how == policy::last_per_subject) {
    // For each message that such a consumer delivers when it was idle, nats-server (2.9) visits every subject of the stream.
    from_ = {policy::sequence, last_sequence_ + 1};
    create(now);
  }
  caught_up_ = true;
}

void ordered_consumer::on_batch(const nats_batch& x, clock_time now,
                                const std::function<void(const net::nats_message&, const net::delivery_info&)>& take) {
  if (x.tag != epoch_ || state_ == state::paused || state_ == state::stopped) return;
  heard_ = now;
  for (auto& msg : x.messages) {
    auto info = net::parse_delivery(msg.reply());
    if (!info) {
      on_status(msg, now);
    } else if (info->consumer_sequence != consumed_ + 1) {
      spdlog::warn("stream {}: expected delivery {}, got {}; following anew", opts_.stream, consumed_ + 1,
                   info->consumer_sequence);
      create(now);
    } else {
      consumed_ = info->consumer_sequence;
      if (info->stream_sequence > last_sequence_) {
        last_sequence_ = info->stream_sequence;
        seen_any_ = true;
        take(msg, *info);
      }
      if (info->pending == 0) reach_end(now);
    }
    if (x.tag != epoch_) return;
  }
}

void ordered_consumer::on_status(const net::nats_message& msg, clock_time now) {
  if (msg.status() != 100) return;
  if (!msg.reply().empty()) { // flow control: the server waits until we say that we got this far
    caf::anon_send(gateway_, emit{std::string{msg.reply()}, {}, {}});
    return;
  }
  auto stalled = msg.header("Nats-Consumer-Stalled");
  if (!stalled.empty()) caf::anon_send(gateway_, emit{std::string{stalled}, {}, {}});
  uint64_t last = 0;
  auto text = msg.header("Nats-Last-Consumer");
  std::from_chars(text.data(), text.data() + text.size(), last);
  if (last > consumed_) {
    spdlog::warn("stream {}: {} deliveries are missing; following anew", opts_.stream, last - consumed_);
    create(now);
  }
}

// ---- What this process stores itself --------------------------------------------------------------------------------

bool ordered_consumer::take_own(uint64_t sequence, clock_time now) {
  if (state_ == state::stopped) return false;
  bool news = sequence > last_sequence_;
  // In a stream that was made anew behind our back, ours are no news: deliveries are to find that out.
  if (news || state_ != state::alone) ++own_;
  if (sequence == last_sequence_ + 1) {
    last_sequence_ = sequence;
    seen_any_ = true;
    return true;
  }
  if (news && state_ == state::alone) {
    together_until_ = now + together;
    create(now);
  }
  return false;
}

void ordered_consumer::be_alone() {
  // The server ends a consumer that nobody listens to, some seconds later.
  drop_subscription();
  state_ = state::alone;
}

clock_time::duration ordered_consumer::next_tick() const noexcept {
  return state_ == state::alone ? clock_time::duration{alone_tick} : clock_time::duration{tick};
}

void ordered_consumer::on_tick(clock_time now) {
  auto wrote = [&](uint64_t a_second) { return own_ > 0 && own_ * clock_time::duration{1s} >= a_second * (now - ticked_); };
  if (state_ == state::failed) {
    create(now);
  } else if ((state_ == state::following || state_ == state::locating) && now - heard_ > silence) {
    spdlog::warn("stream {}: no heartbeat; following anew", opts_.stream);
    create(now);
  } else if (state_ == state::following && caught_up_ && now >= together_until_ && wrote(often)) {
    be_alone();
  } else if (state_ == state::alone && !wrote(seldom)) {
    create(now);
  }
  own_ = 0;
  ticked_ = now;
}

} // namespace tidings
