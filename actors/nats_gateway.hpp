// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include "actors/interfaces.hpp"
#include "actors/metrics.hpp"
#include "net/nats_connection.hpp"

namespace tidings {

struct nats_gateway_state;
using nats_gateway_ptr = nats_gateway_actor::stateful_pointer<nats_gateway_state>;

/// Publishes, requests and subscriptions of the process on one connection.
///
/// Every publish and request has its own reply subject under one inbox subscription, so any number may be open without
/// blocking anybody. Bounded by `max_open`; whoever comes above it is refused.
struct nats_gateway_state {
  static inline constexpr const char* name = "nats_gateway";
  /// Publishes and requests without an answer yet; beyond it `overloaded`.
  static constexpr size_t max_open = 65'536;
  /// Bytes that wait to be written; beyond it `overloaded`. A server that takes nothing is noticed by its missing pongs only.
  static constexpr size_t max_unsent = 64 * 1024 * 1024;

  explicit nats_gateway_state(nats_gateway_ptr self) : self_{self} {}

  void init(boost::asio::io_context& io, net::nats_options options, readiness_actor readiness, metrics_ptr counts);
  void start();
  void on_publish(publish& x);
  void on_request(nats_request& x);
  void on_subscribe(subscribe& x);
  void on_unsubscribe(const unsubscribe& x);
  void on_emit(emit& x);
  void on_follow(const follow_connection& x);
  void on_tick();
  void hand_over();
  caf::result<bool> drain();

private:
  struct open_call {
    std::variant<std::monostate, publish_listener, reply_listener> listener;
    uint64_t cookie = 0;
    uint32_t generation = 0;
    clock_time due{};
    bool wants_progress = false;
  };
  struct subscription {
    net::nats_connection::subscription handle{nullptr, natsSubscription_Destroy};
    subscribe wish;
  };
  using subscription_key = std::pair<caf::actor_addr, uint64_t>;

  void on_readable();
  void on_connected(bool up);
  /// The next connection is another one: subscriptions begin anew with it.
  void on_gone();
  void open_subscription(subscription& x);
  caf::error call(std::string_view inbox, const std::string& subject, const net::nats_headers& headers, const std::string& data,
                  milliseconds timeout, open_call what);
  void on_inbox(const net::nats_message& msg);
  bool extends(open_call& call, const net::nats_message& msg);
  void answer(open_call call, const net::nats_message& msg);
  void fail(open_call call, const caf::error& why);
  open_call release(size_t slot);
  void keep_ticking();
  /// Sends what may wait, in front of something else.
  void send_held();
  void send(const emit& x);
  void check_drained();

  nats_gateway_ptr self_;
  readiness_actor readiness_;
  metrics_ptr counts_;
  std::unique_ptr<net::nats_connection> connection_;
  std::string inbox_;
  net::nats_connection::subscription inbox_sub_{nullptr, natsSubscription_Destroy};
  net::nats_connection::subscription services_sub_{nullptr, natsSubscription_Destroy}; // answers that may be "nobody there"
  std::vector<open_call> open_;
  std::vector<size_t> free_;
  size_t open_count_ = 0;
  std::map<subscription_key, subscription> subscriptions_;
  std::vector<connection_listener> followers_;
  std::vector<net::nats_message> drained_;
  std::vector<emit> held_; // may wait, but not overtake
  bool connected_ = false, ticking_ = false, draining_ = false, handing_over_ = false, congested_ = false;
  caf::typed_response_promise<bool> drain_promise_;
};

/// @param io Runs this actor's system; outlives it.
nats_gateway_actor::behavior_type nats_gateway(nats_gateway_ptr self, boost::asio::io_context* io,
                                               net::nats_options options, readiness_actor readiness, metrics_ptr counts);

} // namespace tidings
