// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

#include "actors/interfaces.hpp"
#include "actors/metrics.hpp"
#include "actors/outcome_history.hpp"

namespace tidings {

/// Gives event streams what they missed: from memory, or from NOTIFICATIONS for what is older, a few streams at a time. Part of
/// the hub, which passes on questions and replies.
class replay_desk {
public:
  /// Streams that read from NOTIFICATIONS at a time: finding the next outcome of a quiet owner can mean a walk through the stream.
  static constexpr size_t most_reading = 32;

  struct options {
    nats_gateway_actor gateway;
    reply_listener replies; ///< The hub.
    metrics_ptr counts;
    outcome_history::limits memory;
  };

  explicit replay_desk(options opts) : opts_{std::move(opts)}, history_{opts_.memory} {}

  outcome_history& history() noexcept { return history_; }

  /// Everybody who asks before an answer is under way shares one.
  void ask(const ask_kept& x);
  void ask(const ask_missed& x);
  /// The stream is gone; it need not have its turn.
  void forget(const event_listener& who);
  /// @returns whether the reply was one of ours.
  bool on_reply(const nats_reply& x);
  /// About once a second: gives memory back.
  void on_tick();

private:
  enum cookies : uint64_t { stream_info = 1, first_lookup = 2 };

  struct lookup {
    ask_missed question;
    uint64_t seen = 0; ///< What the history reached when the question was sent on: a `no` holds up to there.
  };

  void look();
  void on_info(const nats_reply& x);
  void read_on();
  void on_lookup(lookup x, const nats_reply& reply);
  void wait(const ask_missed& x);
  void tell(const event_listener& who, missed what);

  options opts_;
  outcome_history history_;
  std::vector<event_listener> want_kept_, share_kept_; // will ask; share the question that is open
  std::deque<caf::actor_id> queue_;
  std::unordered_map<caf::actor_id, ask_missed> waiting_; // of queue_, those still there
  std::unordered_map<uint64_t, lookup> reading_;          // by cookie
  uint64_t next_cookie_ = first_lookup;
  uint32_t quiet_ticks_ = 0;
};

} // namespace tidings
