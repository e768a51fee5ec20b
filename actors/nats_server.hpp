// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include "actors/interfaces.hpp"
#include "net/child_process.hpp"

namespace tidings {

struct nats_server_state;
using nats_server_ptr = nats_server_actor::stateful_pointer<nats_server_state>;

struct nats_server_options {
  boost::asio::io_context* io = nullptr;
  std::string store;                             ///< Directory for JetStream and the server's log.
  uint16_t port = 0;                             ///< Loopback; stays the same over restarts, so that clients find it again.
  bool sync_always = false;                      ///< Every write is synced to disk (nats-server 2.10 or newer).
};

/// The embedded nats-server: starts it, starts it again when it dies, ends it with us.
struct nats_server_state {
  static inline constexpr const char* name = "nats_server";

  explicit nats_server_state(nats_server_ptr self) : self_{self} {}

  void init(nats_server_options options, readiness_actor readiness);
  void on_tick();
  caf::result<bool> stop();

private:
  void start();
  void on_exit(int status);

  nats_server_ptr self_;
  nats_server_options options_;
  readiness_actor readiness_;
  std::unique_ptr<net::child_process> child_;
  clock_time started_{}, stop_deadline_{};
  uint32_t quick_deaths_ = 0; // in a row
  bool stopping_ = false;
  caf::typed_response_promise<bool> stopped_;
};

nats_server_actor::behavior_type nats_server(nats_server_ptr self, nats_server_options options, readiness_actor readiness);

} // namespace tidings
