// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include "actors/connection_places.hpp"
#include "actors/http_session.hpp"
#include "net/tls_server.hpp"

namespace tidings {

struct http_listener_state;
using http_listener_ptr = http_listener_actor::stateful_pointer<http_listener_state>;

struct http_listener_options {
  std::shared_ptr<boost::asio::ip::tcp::acceptor> acceptor; ///< Bound and listening.
  std::shared_ptr<const http_services> services;
  nats_gateway_actor gateway;    ///< Tells the largest message the server takes.
  net::http_limits limits;
  std::shared_ptr<connection_places> places = std::make_shared<connection_places>(); ///< Of the whole process.
  std::shared_ptr<const net::tls_identity> tls; ///< Null: plain HTTP.
};

/// Accepts connections, gives each a session, and sweeps all deadlines with one timer.
struct http_listener_state {
  static inline constexpr const char* name = "http_listener";

  explicit http_listener_state(http_listener_ptr self) : self_{self} {}
  ~http_listener_state();

  void init(http_listener_options options);
  void on_opened(const session_opened& x);
  void on_limits(const connection_change& x);
  void on_tick();
  caf::result<bool> drain();
  void stop();

private:
  using tcp = boost::asio::ip::tcp;

  void accept();
  void on_accepted(tcp::socket socket);
  void open_session(tcp::socket socket, std::shared_ptr<void> place, std::string peer);
  /// Says 503 to a connection that there is no place for, without reading from it.
  void turn_away(tcp::socket socket);
  /// A place for a connection of `peer`; it is free again when the result is dropped. Null: there is none.
  std::shared_ptr<void> take_place(const std::string& peer);

  http_listener_ptr self_;
  http_listener_options options_;
  std::vector<std::weak_ptr<net::http_connection>> connections_;
  std::shared_ptr<uint64_t> open_; // our connections, in what is counted for everybody; io thread only
  std::vector<tcp::socket> turned_away_, leaving_; // kept open for a moment, so that they can read why
  bool paused_ = false; // accepting failed, or all places are taken; the next tick tries again
  bool draining_ = false;
  clock_time due_{}; // of the next tick; zero before the first
  caf::typed_response_promise<bool> drained_;
};

http_listener_actor::behavior_type http_listener(http_listener_ptr self, http_listener_options options);

} // namespace tidings
