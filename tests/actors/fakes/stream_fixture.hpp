// SPDX-License-Identifier: MIT
#pragma once

#include "actors/event_stream.hpp"
#include "actors/headers.hpp"
#include "tests/actors/fakes/models.hpp"
#include "tests/actors/fakes/recorded_stream.hpp"

#include "tests/actors/fakes/fixture.hpp"

namespace tidings {

/// An event stream of the owner `me`, and everyone it talks to.
struct stream_fixture : actor_fixture {
  std::shared_ptr<recorded_stream> connection = std::make_shared<recorded_stream>();
  notification_hub_actor hub = fake<notification_hub_actor>();
  command_bus_actor commands = fake<command_bus_actor>();
  query_bus_actor queries = fake<query_bus_actor>();
  http_session_actor session = fake<http_session_actor>();
  event_stream_actor stream;
  std::shared_ptr<bool> ended;

  std::shared_ptr<event_stream_order> order(const std::string& last_event_id = {}) {
    return std::make_shared<event_stream_order>(event_stream_order{
        connection, hub, commands, queries, session, 77, tok("me"), {}, {}, last_event_id,
        std::make_shared<const std::vector<std::string>>(1, "/queries/L")});
  }

  template <class Body>
  void start(Body body, std::shared_ptr<event_stream_order> x) {
    stream = kept(sys.spawn(body, std::move(x)));
    ended = end_of(stream);
    consume_messages();
  }

  notification outcome(uint64_t sequence, const std::string& owner = "me") const {
    notification x;
    x.owner = owner;
    x.command_id = "cmd-" + std::to_string(sequence);
    x.sequence = sequence;
    x.status = outcome_status::completed;
    x.document = std::make_shared<const std::string>("{\"n\":" + std::to_string(sequence) + "}");
    return x;
  }

  static progress_report progress(const std::string& owner) {
    return {owner, "cmd-1", std::make_shared<const std::string>("{\"progress\":1}")};
  }

  std::string ids() const {
    std::string result;
    for (auto& x : connection->events())
      result += x.event + ':' + x.id + ' ';
    return result;
  }
};

} // namespace tidings
