// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <vector>

#include <caf/event_based_actor.hpp>

#include "actors/interfaces.hpp"

namespace tidings {

/// Everybody who must be stopped in order. Null handles are skipped.
struct running_parts {
  readiness_actor readiness;
  http_listener_actor listener;
  std::vector<service_endpoint_actor> endpoints;
  command_bus_actor commands;
  notification_hub_actor hub;
  partition_owner_actor partitions;
  nats_gateway_actor gateway;
};

/// Stops `parts` in order, each step with a deadline: no new clients, answers for those in flight (their outcome if it comes
/// within the grace period, else *pending*), the commands under way, NATS. Then calls `done`.
caf::behavior shutdown_sequence(caf::event_based_actor* self, running_parts parts, std::function<void()> done);

/// Stops the embedded server, which must have nobody left to serve, within a deadline. Then calls `done`.
caf::behavior stop_nats_server(caf::event_based_actor* self, nats_server_actor server, std::function<void()> done);

} // namespace tidings
