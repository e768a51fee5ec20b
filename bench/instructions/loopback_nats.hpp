// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>

#include <caf/typed_event_based_actor.hpp>

#include "actors/interfaces.hpp"

namespace tidings::bench {

class loopback_nats_state;
using loopback_nats_ptr = nats_gateway_actor::stateful_pointer<loopback_nats_state>;

/// A nats_gateway whose server is a few counters: streams that acknowledge and consumers that deliver, in memory and at
/// once. What is left is what Tidings itself does for a command.
class loopback_nats_state {
public:
  static inline constexpr const char* name = "loopback_nats";

  explicit loopback_nats_state(loopback_nats_ptr self) : self_{self} {}

  void on_publish(const publish& x);
  void on_request(const nats_request& x);
  void on_subscribe(const subscribe& x);
  void on_unsubscribe(const unsubscribe& x);

private:
  struct stream {
    uint64_t last = 0;
    struct consumer {
      std::string filter; ///< Subjects; empty: all.
      std::string deliver_to;
      uint64_t delivered = 0;
    };
    std::vector<consumer> consumers;
  };
  struct subscription {
    batch_listener listener, courier; ///< Who subscribed, and the way there.
    uint64_t tag = 0;
  };

  void deliver(const std::string& stream_name, uint64_t sequence, stream::consumer& to, const publish& x);

  loopback_nats_ptr self_;
  std::map<std::string, stream> streams_;
  std::map<std::string, subscription> subscriptions_;
};

nats_gateway_actor::behavior_type loopback_nats(loopback_nats_ptr self);

} // namespace tidings::bench
