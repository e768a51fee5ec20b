// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "actors/command_bus.hpp"
#include "envelopes/subjects.hpp"
#include "tests/actors/fakes/models.hpp"

#include "tests/actors/fakes/fixture.hpp"

namespace tidings {

/// A command bus; the test plays NATS, the hub and the reactors.
struct bus_fixture : actor_fixture {
  catalog_ptr models = sample_catalog();
  nats_gateway_actor gateway = fake<nats_gateway_actor>();
  notification_hub_actor hub = fake<notification_hub_actor>();
  reactor_actor reactor = fake<reactor_actor>();
  command_listener listener = fake<command_listener>();
  metrics_ptr counts = std::make_shared<metrics>();
  std::shared_ptr<own_commands> own = std::make_shared<own_commands>();
  command_bus_actor bus;

  bus_fixture() { start(20'000); }

  void start(size_t max_waiters) {
    command_bus_options options;
    options.models = models;
    options.gateway = gateway;
    options.hub = hub;
    options.reactors = std::make_shared<const std::vector<reactor_actor>>(subjects::partitions + 1, reactor);
    options.max_waiters = max_waiters;
    options.counts = counts;
    options.own = own;
    bus = kept(sys.spawn(command_bus, options));
    consume_messages();
  }

  submit_command command(const std::string& type, const std::string& id, json payload) {
    submit_command x;
    x.command_type = type;
    x.command_id = id;
    x.service_id = "test";
    x.owner = tok("public");
    x.payload = std::move(payload);
    x.listener = listener;
    x.cookie = 5;
    return x;
  }

  void submit(const std::string& type, const std::string& id, json payload) {
    give(bus, command(type, id, std::move(payload)));
  }

  void attach(const std::string& id, milliseconds wait) {
    attach_command x;
    x.command_id = tok(id);
    x.owner = tok("public");
    x.wait = wait;
    x.listener = listener;
    give(bus, x);
  }

  /// NATS's limit on a message.
  void limit(int64_t bytes) {
    connection_change x;
    x.connected = true;
    x.max_payload = bytes;
    give(bus, x);
  }

  /// The stream has stored what was published last.
  void ack() {
    published x;
    x.sequence = 1;
    give(got.last<publish>().listener, x);
  }

  std::string partition() const { return std::string{subjects::token_at(got.last<publish>().what->subject, 1)}; }

  std::string header(std::string_view name) const {
    return std::string{net::value_of(got.last<publish>().what->headers, name)};
  }

  /// The command was refused with `code`, and never reached NATS.
  failure refusal(errc code) const {
    CAF_REQUIRE_EQUAL(got.count<command_answer>(), 1u);
    auto answer = got.last<command_answer>();
    CAF_CHECK_EQUAL(to_string(code_of(answer.error)), to_string(code));
    CAF_CHECK_EQUAL(answer.cookie, 5u);
    CAF_CHECK(answer.document == nullptr);
    CAF_CHECK_EQUAL(got.count<publish>(), 0u);
    CAF_CHECK_EQUAL(got.count<watch_command>(), 0u);
    return failure_of(answer.error);
  }
};

} // namespace tidings
