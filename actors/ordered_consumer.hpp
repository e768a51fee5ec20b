// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "actors/interfaces.hpp"
#include "net/jetstream.hpp"

namespace tidings {

/// Follows a stream in order and without gaps: an ephemeral push consumer that is made anew from the last sequence seen
/// whenever a message, a heartbeat or the connection is missing. Part of an actor, which passes on what it receives.
///
/// Of what this process itself stores, the acknowledgements tell as much. While it alone writes, and often, it has nothing delivered,
/// which spares the server a sixth of its work for a command. A sequence that is missing between two of its own tells that
/// somebody else has written; and when it writes no more, everything is delivered as before.
class ordered_consumer {
public:
  /// Why a new consumer was needed, for the log.
  struct options {
    std::string stream;
    std::string filter; ///< Empty: everything.
    batch_listener batches;
    reply_listener replies;
    uint64_t cookie; ///< For the replies this consumer asks for.
  };

  ordered_consumer(nats_gateway_actor gateway, options opts);

  /// Begins, or begins anew. Later restarts continue behind the last sequence seen.
  void start(net::jetstream::start_at from, clock_time now);
  /// The connection is gone; the next `resume` continues.
  void pause();
  /// Continues behind the last sequence seen, if it was started.
  void resume(clock_time now);

  void on_reply(const nats_reply& x, clock_time now);
  /// Calls `take` for every message that is next in order.
  void on_batch(const nats_batch& x, clock_time now,
                const std::function<void(const net::nats_message&, const net::delivery_info&)>& take);
  /// A message that this process stored, in the order of the acknowledgements, or one that it came to know otherwise.
  /// @returns whether it is the next in order. Then it is taken, and not passed on when it is delivered; else its delivery will be.
  bool take_own(uint64_t sequence, clock_time now);
  /// Notices silence, and whether deliveries are worth their while. Due again after `next_tick`.
  void on_tick(clock_time now);
  clock_time::duration next_tick() const noexcept;

  /// Everything that was in the stream when a consumer was made has been taken, and nothing broke since.
  bool caught_up() const noexcept { return caught_up_; }
  /// Last stream sequence taken, or the one before the start.
  uint64_t last_sequence() const noexcept { return last_sequence_; }

private:
  enum class state : uint8_t { stopped, paused, creating, locating, following, alone, failed };

  void create(clock_time now);
  void be_alone();
  void drop_subscription();
  void on_created(const json& body, clock_time now);
  void reach_end(clock_time now);
  void on_status(const net::nats_message& msg, clock_time now);

  nats_gateway_actor gateway_;
  options opts_;
  std::string inbox_;
  net::jetstream::start_at from_;
  state state_ = state::stopped;
  uint64_t epoch_ = 0;         // tags the subscription: batches of an older one are dropped
  uint64_t last_sequence_ = 0; // in the stream
  uint64_t consumed_ = 0;      // in this consumer
  bool seen_any_ = false, caught_up_ = false;
  clock_time heard_{};
  uint64_t own_ = 0;         // since the last tick
  clock_time ticked_{};
  clock_time together_until_{}; // somebody else wrote a moment ago
  json made_;                // what the server said of our consumer, while we ask where the stream's leader is
  uint32_t places_tried_ = 0;
};

} // namespace tidings
