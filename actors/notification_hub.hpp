// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/ordered_consumer.hpp"
#include "actors/replay_desk.hpp"
#include "envelopes/text_hash.hpp"

namespace tidings {

struct notification_hub_state;
using notification_hub_ptr = notification_hub_actor::stateful_pointer<notification_hub_state>;

struct notification_hub_options {
  nats_gateway_actor gateway;
  readiness_actor readiness;
  metrics_ptr counts = std::make_shared<metrics>();
  outcome_history::limits memory = {}; ///< Of outcomes that event streams may have missed.
};

/// Reads a message of the NOTIFICATIONS stream. Empty when it is not one of ours.
std::optional<notification> to_notification(const net::nats_message& msg, uint64_t sequence);
std::optional<notification> to_notification(const stored_outcome& x);

/// Routes outcomes to waiters. What nobody here waits for is kept for a while, for event streams that come back; the stream
/// keeps it for longer.
struct notification_hub_state {
  static inline constexpr const char* name = "notification_hub";

  explicit notification_hub_state(notification_hub_ptr self) : self_{self} {}

  void init(notification_hub_options options);
  void on_streams(const streams_ready& x);
  void on_connection(const connection_change& x);
  void on_batch(const nats_batch& x);
  void on_reply(const nats_reply& x);
  void on_tick();
  void watch(const watch_command& x);
  void unwatch(const unwatch_command& x);
  void abandon(const abandon_wait& x);
  void on_stored(const stored_outcome& x);
  void abandon_all();
  void end_streams();
  void join(const join_events& x);
  void leave(const leave_events& x);
  void replay(const ask_kept& x) { desk_->ask(x); }
  void replay(const ask_missed& x) { desk_->ask(x); }

private:
  void report();
  void on_progress(const net::nats_message& msg);

  notification_hub_ptr self_;
  notification_hub_options options_;
  std::optional<ordered_consumer> consumer_;
  std::optional<replay_desk> desk_;
  uint64_t began_at_ = 0; // where the stream stood: what came before is history
  text_multimap<notification_listener> waiters_; // by command id
  text_multimap<event_listener> streams_;        // by owner; empty: heartbeats only
  text_multimap<event_listener> followers_;      // of progress, by command id
  uint32_t seconds_ = 0;
  clock_time second_over_{};
  bool started_ = false, connected_ = false;
  std::optional<bool> told_;
};

notification_hub_actor::behavior_type notification_hub(notification_hub_ptr self, notification_hub_options options);

} // namespace tidings
