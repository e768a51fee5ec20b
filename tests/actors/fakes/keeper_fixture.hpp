// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "actors/stream_keeper.hpp"
#include "tests/actors/fakes/models.hpp"

#include "tests/actors/fakes/fixture.hpp"

namespace tidings {

/// A stream as JetStream lists it.
inline json stream(const std::string& name, json subjects, uint64_t last = 0) {
  return {{"config", {{"name", name}, {"subjects", std::move(subjects)}}}, {"state", {{"last_seq", last}}}};
}

/// A stream keeper; the test plays the server.
struct keeper_fixture : actor_fixture {
  catalog_ptr models = sample_catalog();
  nats_gateway_actor gateway = fake<nats_gateway_actor>();
  readiness_actor ready = fake<readiness_actor>();
  std::vector<std::string> refusals;
  metrics_ptr counts;
  stream_keeper_actor keeper;
  /// The streams of the server, by name.
  std::map<std::string, json> server;

  keeper_fixture() { start(1); }

  /// Begins again with streams on this many servers.
  void start(uint32_t replicas) {
    stream_keeper_options options;
    options.streams = wanted_streams(*models, replicas);
    options.listeners = {fake<streams_listener>()};
    counts = options.counts;
    options.promise = replicas > 1 ? durability::replicated : durability::os;
    options.refuse = [this](const std::string& why) { refusals.push_back(why); };
    keeper = kept(sys.spawn(stream_keeper, gateway, ready, std::move(options)));
    consume_messages();
  }

  void connection(bool up) {
    connection_change x;
    x.connected = up;
    give(keeper, x);
  }

  void have_all() {
    for (auto& wanted : wanted_streams(*models))
      server[wanted.name] = stream(wanted.name, wanted.config["subjects"], wanted.name == "COMMANDS" ? 12 : 34);
  }

  nats_reply reply(const nats_request& to, net::nats_message message) const {
    nats_reply x;
    x.cookie = to.cookie;
    x.message = std::move(message);
    return x;
  }

  /// Answers the listing that is open.
  void list() {
    auto streams = json::array();
    for (auto& [name, info] : server)
      streams.push_back(info);
    auto body = json{{"total", streams.size()}, {"streams", streams}};
    CAF_REQUIRE_EQUAL(got.last<nats_request>().subject, "$JS.API.STREAM.LIST");
    give(keeper, reply(got.last<nats_request>(), incoming::api_answer(body)));
  }

  void listing_fails(errc code) {
    nats_reply x = reply(got.last<nats_request>(), {});
    x.error = make_error(code, "silence");
    give(keeper, x);
  }

  /// The streams that were asked to be created, with their configurations.
  std::map<std::string, json> creates() const {
    std::map<std::string, json> result;
    const std::string prefix = "$JS.API.STREAM.CREATE.";
    for (auto& x : got.all<nats_request>())
      if (x.subject.starts_with(prefix)) result[x.subject.substr(prefix.size())] = parsed(x.data);
    return result;
  }

  /// The server makes everything that was asked for.
  void create_all() {
    std::vector<nats_request> asked;
    for (auto& x : got.all<nats_request>())
      if (x.subject.starts_with("$JS.API.STREAM.CREATE.")) asked.push_back(x);
    for (auto& [name, config] : creates())
      server[name] = stream(name, config["subjects"]);
    for (auto& x : asked)
      give(keeper, reply(x, incoming::api_answer(json::object())));
  }

  void start_complete() {
    have_all();
    connection(true);
    list();
  }

  size_t listings() const {
    return static_cast<size_t>(
        std::ranges::count(got.all<nats_request>(), "$JS.API.STREAM.LIST", &nats_request::subject));
  }

  component_state told() const { return got.last<component_state>(); }
  bool says(std::string_view part) const { return told().detail.find(part) != std::string::npos; }
};

} // namespace tidings
