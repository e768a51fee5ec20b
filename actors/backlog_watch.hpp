// SPDX-License-Identifier: MIT
#pragma once

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/admission.hpp"
#include "actors/backlog.hpp"
#include "actors/interfaces.hpp"
#include "actors/metrics.hpp"

namespace tidings {

struct backlog_watch_state;
using backlog_watch_ptr = backlog_watch_actor::stateful_pointer<backlog_watch_state>;

struct backlog_watch_options {
  nats_gateway_actor gateway;
  backlog_listener listener;
  uint64_t limit = 0; ///< Commands that may wait; beyond it the listener is told `full`. 0: no limit.
  metrics_ptr counts = std::make_shared<metrics>();
};

/// Asks JetStream once a second, and four times a second near the limit, how many commands wait, and tells the listener.
/// Reactors say nothing of their own: so it also works while none runs, and for any number of them. When nothing can be learnt, new
/// commands are let in: what guards the reactors must not be what stops everything.
struct backlog_watch_state {
  static inline constexpr const char* name = "backlog_watch";

  explicit backlog_watch_state(backlog_watch_ptr self) : self_{self} {}

  void init(backlog_watch_options options);
  void on_connection(const connection_change& x);
  void on_reply(const nats_reply& x);
  void on_tick();

private:
  void ask();
  void judge();
  void know_nothing(const std::string& why);
  void tell();

  backlog_watch_ptr self_;
  backlog_watch_options options_;
  admission door_{0};
  backlog backlog_;
  json consumers_ = json::array(); // of the look under way
  size_t covered_ = 0;             // of all consumers, by the pages so far
  clock_time due_{}, judged_{};
  bool connected_ = false, asking_ = false, blind_ = false;
};

backlog_watch_actor::behavior_type backlog_watch(backlog_watch_ptr self, backlog_watch_options options);

} // namespace tidings
