// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <unordered_map>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/interfaces.hpp"
#include "actors/metrics.hpp"

namespace tidings {

struct request_forwarder_state;
using request_forwarder_ptr = request_forwarder_actor::stateful_pointer<request_forwarder_state>;

struct request_forwarder_options {
  nats_gateway_actor gateway;
  milliseconds command_timeout{5000}; ///< Of a client that did not say how long it waits.
  milliseconds query_timeout{3000};
  size_t max_open = 8192;
  metrics_ptr counts = std::make_shared<metrics>();
};

/// Sends commands and queries of types that no model here declares to `commands.{Type}` and `queries.{Type}`, where a
/// service elsewhere may answer. What such a service answers is its own: it goes to the client as it came.
struct request_forwarder_state {
  static inline constexpr const char* name = "request_forwarder";

  explicit request_forwarder_state(request_forwarder_ptr self) : self_{self} {}

  void init(request_forwarder_options options) { options_ = std::move(options); }
  void forward(submit_command& x);
  void forward(ask_query& x);
  void on_reply(const nats_reply& x);

private:
  struct open_request {
    command_listener commands; ///< Exactly one of the two is set.
    query_listener queries;
    uint64_t cookie = 0;
    std::string id, subject;
    milliseconds timeout{0};
  };

  void send(open_request x, std::string data, const std::string& traceparent);
  void fail(const open_request& x, caf::error why);
  void succeed(const open_request& x, const net::nats_message& msg);

  request_forwarder_ptr self_;
  request_forwarder_options options_;
  std::unordered_map<uint64_t, open_request> open_;
  uint64_t next_cookie_ = 0;
};

request_forwarder_actor::behavior_type request_forwarder(request_forwarder_ptr self, request_forwarder_options options);

} // namespace tidings
