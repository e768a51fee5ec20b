// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/interfaces.hpp"
#include "actors/metrics.hpp"
#include "actors/service_description.hpp"

namespace tidings {

struct service_endpoint_state;
using service_endpoint_ptr = service_endpoint_actor::stateful_pointer<service_endpoint_state>;

struct service_endpoint_options {
  model_ptr model;
  nats_gateway_actor gateway;
  command_bus_actor commands;
  query_bus_actor queries;
  metrics_ptr counts = std::make_shared<metrics>();
  size_t max_open = 8192; ///< Requests without an answer yet; beyond it an error envelope `overloaded`.
};

/// Answers a model's `commands.{Type}` and `queries.{Type}` over NATS, in the queue group of its service, and the discovery
/// requests `$SRV.>` for it (NATS services protocol, ADR-32).
struct service_endpoint_state {
  static inline constexpr const char* name = "service_endpoint";

  explicit service_endpoint_state(service_endpoint_ptr self) : self_{self} {}

  void init(service_endpoint_options options);
  void on_batch(const nats_batch& x);
  void drain();
  void on_command(const command_answer& x);
  void on_query(query_answer& x);

private:
  struct open_request {
    std::string reply;
    size_t endpoint = 0;
    clock_time since{};
  };

  void discover(const net::nats_message& msg, discovery_verb verb);
  bool full(const net::nats_message& msg, size_t endpoint);
  void take_command(const net::nats_message& msg, size_t endpoint);
  void take_query(const net::nats_message& msg, size_t endpoint);
  uint64_t open(const net::nats_message& msg, size_t endpoint);
  void answer(uint64_t cookie, std::string data, std::string error);
  void refuse(const net::nats_message& msg, size_t endpoint, const caf::error& why);

  service_endpoint_ptr self_;
  service_endpoint_options options_;
  service_description description_;
  std::unordered_map<uint64_t, open_request> open_;
  uint64_t next_cookie_ = 0;
  std::vector<uint64_t> tags_; // of our subscriptions
};

service_endpoint_actor::behavior_type service_endpoint(service_endpoint_ptr self, service_endpoint_options options);

/// A response envelope that says what went wrong; `code` and, where places can be named, `errors` come on top of the
/// contract's fields.
/// @param id_field "command_id" or "query_id".
std::string render_error_envelope(std::string_view id_field, std::string_view id, const caf::error& why);

} // namespace tidings
