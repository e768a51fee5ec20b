// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <unordered_map>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include "actors/interfaces.hpp"
#include "actors/metrics.hpp"
#include "actors/own_commands.hpp"
#include "actors/takeover.hpp"

namespace tidings {

struct reactor_state;
using reactor_ptr = reactor_actor::stateful_pointer<reactor_state>;

struct reactor_options {
  catalog_ptr models;
  nats_gateway_actor gateway;
  uint32_t partition = 0;                               ///< `subjects::partitions`: all of them.
  std::map<std::string, kv_projector_actor> projectors; ///< By bucket.
  uint32_t max_in_flight = 512;                        ///< The consumer's max_ack_pending.
  metrics_ptr counts = std::make_shared<metrics>();
  notification_hub_actor hub = {};                      ///< Hears of outcomes once they are stored; null: nobody.
  std::shared_ptr<own_commands> own = {};               ///< What this process published; null: all commands are read.
};

/// Consumes a partition of the COMMANDS stream, or the stream as a whole, through a durable consumer with explicit acks, while it may (`lease_change`).
///
/// For each command, in this order: the projection, the outcome into NOTIFICATIONS, the ack. A command that cannot be
/// projected goes to DEAD_LETTERS and its owner is told. Acks are sent, not awaited: a lost one is a redelivery, and a
/// redelivery finds the outcome and does nothing.
struct reactor_state {
  static inline constexpr const char* name = "reactor";

  explicit reactor_state(reactor_ptr self) : self_{self} {}

  void init(reactor_options options);
  void on_streams(const streams_ready& x);
  void on_lease(const lease_change& x);
  void on_connection(const connection_change& x);
  void on_batch(const nats_batch& x);
  void on_reply(const nats_reply& x);
  void on_published(const published& x);
  void on_projected(projected& x);
  void on_tick();
  caf::result<stage> stage_of(const ask_stage& x);
  caf::result<bool> drain();

private:
  enum class step : uint8_t { projecting, burying, telling };
  enum cookies : uint64_t { consumer_state = 1, outcome_lookup = uint64_t{1} << 62 }; ///< The latter with the command's sequence; takeover has the highest bit.

  struct task {
    stored_command_ptr command; ///< Null for a message that is no command.
    net::nats_message message;  ///< As delivered last: where acknowledgements go, and what a dead letter keeps.
    step at = step::projecting;
    stage reached = stage::accepted;
    clock_time received{};
    clock_time touched{};       ///< When the server last heard that we work on it.
    clock_time retry_at{};      ///< For a publish that failed; zero when none is due.
    uint32_t stalls = 0;
    bool dead = false;          ///< Ends with TERM instead of ACK.
    bool maybe_told = false;    ///< Nobody said whether `telling` was stored.
    outgoing_message_ptr burial, telling; ///< What is being published, kept for another try. Null: nothing.
  };

  void take_over();
  /// Forgets what was so in the stream before, if this is another one.
  void look_at_stream();
  void stop();
  /// The command of a delivery: as this process published it, or read anew.
  caf::expected<stored_command_ptr> command_of(const net::nats_message& msg, uint64_t sequence) const;
  void take(const net::nats_message& msg, const net::delivery_info& info);
  const kv_projector_actor& projector_of(const stored_command& x) const;
  void bury(uint64_t sequence, task& x, outgoing_message letter);
  void tell(uint64_t sequence, task& x, step at);
  void try_again(uint64_t sequence, task& x);
  void on_outcome_lookup(const nats_reply& x);
  void end(uint64_t sequence, command_end how);
  void ask_how_far_behind();
  void report();
  /// Up to where every command that may come to us has its outcome; empty before we ever consumed.
  std::optional<uint64_t> settled_up_to() const;

  reactor_ptr self_;
  reactor_options options_;
  takeover takeover_;
  std::unordered_map<uint64_t, task> tasks_; // by sequence in COMMANDS
  uint64_t delivered_ = 0;                // highest sequence taken
  std::optional<uint64_t> started_behind_;// where our first consumer began; empty before that
  std::optional<uint64_t> stopped_at_;    // what was delivered when we stopped; what of it is open is in tasks_
  settled_positions before_;              // what was settled when we might consume
  uint64_t incarnation_ = 0;              // of the stream that we consumed last
  clock_time consuming_since_{};
  clock_time heard_{};
  clock_time asked_{};                    // when the consumer last said how much waits
  partition_listener owner_;
  bool connected_ = false, streams_ready_ = false, allowed_ = false, consuming_ = false;
  std::optional<partition_report> told_;
  caf::typed_response_promise<bool> drained_;
};

reactor_actor::behavior_type reactor(reactor_ptr self, reactor_options options);

} // namespace tidings
