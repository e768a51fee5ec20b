// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/command_waiter.hpp"

namespace tidings {

struct command_bus_state;
using command_bus_ptr = command_bus_actor::stateful_pointer<command_bus_state>;

struct command_bus_options {
  catalog_ptr models;
  nats_gateway_actor gateway;
  notification_hub_actor hub;
  reactors_ptr reactors = {};            ///< Null in a process without them.
  request_forwarder_actor forwarder;     ///< For types that no model declares; null: refused.
  size_t max_waiters = 20'000;           ///< Waits at a time; beyond it `overloaded`.
  milliseconds publish_deadline{5000};
  metrics_ptr counts = std::make_shared<metrics>();
  std::shared_ptr<own_commands> own = {}; ///< For the reactor of this process; null without one.
};

/// Where every command enters, whichever way it came: nothing invalid gets past it to NATS.
struct command_bus_state {
  static inline constexpr const char* name = "command_bus";

  explicit command_bus_state(command_bus_ptr self) : self_{self} {}

  void init(command_bus_options options);
  void submit(submit_command& x);
  void attach(const attach_command& x);
  void on_backlog(const backlog_report& x);

  bool draining = false;
  int64_t max_payload = 0; ///< Of the NATS server, bytes; 0 while unknown.

private:
  /// Validates and renders; the error is the client's.
  caf::expected<outgoing_command> prepare(submit_command& x, const token& id) const;
  std::shared_ptr<void> permit();
  /// Why no new command is taken; none when one is.
  caf::error no_room();
  void refuse(const command_listener& listener, uint64_t cookie, const std::string& command_id, caf::error why);

  command_bus_ptr self_;
  command_bus_options options_;
  std::shared_ptr<const std::vector<token>> types_; // of all models
  backlog_report backlog_;
  uint32_t sent_away_ = 0; // spreads when they come back
};

command_bus_actor::behavior_type command_bus(command_bus_ptr self, command_bus_options options);

} // namespace tidings
