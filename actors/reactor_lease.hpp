// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/interfaces.hpp"

namespace tidings {

struct reactor_lease_state;
using reactor_lease_ptr = reactor_lease_actor::stateful_pointer<reactor_lease_state>;

struct reactor_lease_options {
  nats_gateway_actor gateway;
  lease_listener reactor;
  bool sole = false; ///< Nobody else can hold it (an embedded server): take it without waiting.
};

/// Sees to it that one reactor at a time consumes COMMANDS, however many processes there are.
///
/// The lease is an entry in a bucket, written by compare-and-set. Its holder writes it again every second; whoever sees the
/// same revision for three seconds takes it over. No clocks are compared: a holder counts from when it *sent* its last
/// successful write and stops half a second before anybody can have seen three seconds of silence.
struct reactor_lease_state {
  static inline constexpr const char* name = "reactor_lease";

  explicit reactor_lease_state(reactor_lease_ptr self) : self_{self} {}

  void init(reactor_lease_options options);
  void on_streams();
  void on_connection(const connection_change& x);
  void on_reply(const nats_reply& x);
  void on_published(const published& x);
  void on_tick();
  void release();

private:
  void look();
  void write(uint64_t expected);
  void tell(bool held);
  void give_back();

  reactor_lease_ptr self_;
  reactor_lease_options options_;
  std::string holder_;
  uint64_t revision_ = 0;          // of the entry, as last seen or written; 0: there is none
  clock_time seen_since_{};        // when somebody else's revision_ was first seen
  clock_time written_{}, sent_{};  // when our last successful write, and the one under way, were sent
  bool connected_ = false, streams_ = false, held_ = false, writing_ = false, looking_ = false, released_ = false;
};

reactor_lease_actor::behavior_type reactor_lease(reactor_lease_ptr self, reactor_lease_options options);

} // namespace tidings
