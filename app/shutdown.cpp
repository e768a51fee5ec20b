// SPDX-License-Identifier: MIT
#include "app/shutdown.hpp"

#include <memory>

#include <spdlog/spdlog.h>

#include "actors/messages.hpp"

namespace tidings {

using namespace std::chrono_literals;

namespace {

constexpr auto grace = 3s;          // for outcomes that are on their way
constexpr auto answer_time = 2s;    // for writing *pending* to whoever still waits
constexpr auto settle_time = 6s;    // for commands under way, and giving the partitions back
constexpr auto flush_time = 3s;
constexpr auto server_time = 12s;

struct sequence : std::enable_shared_from_this<sequence> {
  caf::event_based_actor* self;
  running_parts parts;
  std::function<void()> done;

  /// Asks `who` to drain or stop, and goes on with `next` when it has, or when `limit` has passed.
  template <class Handle, class Signal>
  void step(const char* what, const Handle& who, std::chrono::seconds limit, Signal signal, void (sequence::*next)()) {
    if (!who) return (this->*next)();
    self->request(who, limit, signal)
      .then([s = shared_from_this(), next](bool) { (*s.*next)(); },
            [s = shared_from_this(), next, what](const caf::error&) {
              spdlog::warn("stopping: {} takes too long; going on", what);
              (*s.*next)();
            });
  }

  void start() {
    self->send(parts.readiness, drain_atom::value);
    for (auto& endpoint : parts.endpoints) self->send(endpoint, drain_atom::value);
    self->send(parts.hub, stop_atom::value); // event streams have nothing to wait for
    // Whoever is still waiting after the grace period reads *pending* instead of a broken connection.
    self->delayed_send(parts.hub, grace, drain_atom::value);
    self->delayed_send(parts.commands, grace, drain_atom::value);
    step("the HTTP clients", parts.listener, grace + answer_time, drain_atom::value, &sequence::cut_clients);
  }
  void cut_clients() {
    self->send(parts.listener, stop_atom::value);
    step("the reactors", parts.partitions, settle_time, drain_atom::value, &sequence::drain_nats);
  }
  void drain_nats() {
    step("NATS", parts.gateway, flush_time, drain_atom::value, &sequence::finish);
  }
  void finish() {
    done();
    self->quit();
  }
};

} // namespace

caf::behavior shutdown_sequence(caf::event_based_actor* self, running_parts parts, std::function<void()> done) {
  auto steps = std::make_shared<sequence>();
  steps->self = self;
  steps->parts = std::move(parts);
  steps->done = std::move(done);
  steps->start();
  return {[](stop_atom) {}}; // stays alive until the last step
}

caf::behavior stop_nats_server(caf::event_based_actor* self, nats_server_actor server, std::function<void()> done) {
  self->request(server, server_time, stop_atom::value)
    .then(
      [=](bool) {
        done();
        self->quit();
      },
      [=](const caf::error&) {
        spdlog::warn("stopping: nats-server takes too long; going on");
        done();
        self->quit();
      });
  return {[](stop_atom) {}}; // stays alive until the answer
}

} // namespace tidings
