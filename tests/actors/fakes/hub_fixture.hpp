// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "actors/headers.hpp"
#include "actors/notification_hub.hpp"
#include "tests/actors/fakes/models.hpp"

#include "tests/actors/fakes/fixture.hpp"

namespace tidings {

/// A hub that follows NOTIFICATIONS from 40 on.
struct hub_fixture : actor_fixture {
  nats_gateway_actor gateway = fake<nats_gateway_actor>();
  readiness_actor ready = fake<readiness_actor>();
  metrics_ptr counts = std::make_shared<metrics>();
  notification_hub_actor hub = kept(sys.spawn(notification_hub, notification_hub_options{gateway, ready, counts, {4, 1000}}));
  std::pair<notification_listener, fake_script_ptr> alice = lone_fake<notification_listener>();
  std::pair<notification_listener, fake_script_ptr> bob = lone_fake<notification_listener>();
  uint64_t nth = 0;

  hub_fixture() {
    connection(true);
    streams_ready found;
    found.notifications_last_sequence = 40;
    give(hub, found);
    created();
  }

  void connection(bool up) {
    connection_change x;
    x.connected = up;
    give(hub, x);
  }

  void created() {
    nats_reply x;
    x.message = incoming::api_answer({{"num_pending", 0}});
    give(hub, x);
  }

  void watch(const std::string& id, const notification_listener& who) { give(hub, watch_command{id, who}); }
  void unwatch(const std::string& id, const notification_listener& who) { give(hub, unwatch_command{id, who}); }

  void outcome(uint64_t sequence, const std::string& owner, const std::string& id,
               const std::string& status = "completed") {
    incoming::place at;
    at.sequence = sequence;
    at.nth = ++nth;
    nats_batch x;
    x.tag = got.last<subscribe>().tag;
    x.messages.push_back(incoming::delivery("NOTIFICATIONS", at, "notifications." + owner + '.' + id,
                                            R"({"n":)" + std::to_string(sequence) + '}',
                                            {{notification_headers::status, status},
                                             {notification_headers::code, "missing"},
                                             {notification_headers::digest, "d1"}}));
    give(hub, x);
  }

  /// Our reactor has heard that its outcome is stored.
  void stored(uint64_t sequence, const std::string& owner, const std::string& id) {
    outgoing_message what{"notifications." + owner + '.' + id, {{notification_headers::status, "completed"}, {notification_headers::timing, "0.3 1.2"}},
                          R"({"n":)" + std::to_string(sequence) + '}'};
    give(hub, stored_outcome{std::make_shared<const outgoing_message>(std::move(what)), sequence});
  }

  static size_t outcomes_of(const std::pair<notification_listener, fake_script_ptr>& who) {
    return who.second->received.count<notification>();
  }

  bool told_ready() const { return got.last<component_state>().ready; }
};

} // namespace tidings
