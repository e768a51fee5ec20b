// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/ordered_consumer.hpp"
#include "tests/actors/fakes/models.hpp"

#include "tests/actors/fakes/fixture.hpp"

namespace tidings {

struct ordered_consumer_fixture : actor_fixture {
  std::optional<ordered_consumer> consumer;
  std::vector<uint64_t> taken; ///< Sequences in the stream.

  ordered_consumer_fixture() {
    ordered_consumer::options options;
    options.stream = "NOTIFICATIONS";
    options.batches = fake<batch_listener>();
    options.replies = fake<reply_listener>();
    options.cookie = 4;
    consumer.emplace(fake<nats_gateway_actor>(), options);
  }

  clock_time now() { return sched.clock().now(); }

  void start(uint64_t sequence, net::jetstream::start_at::policy how = net::jetstream::start_at::policy::sequence) {
    consumer->start({how, sequence}, now());
    consume_messages();
  }

  /// The server has made the consumer.
  void created(uint64_t pending = 0) {
    nats_reply x;
    x.cookie = 4;
    x.message = incoming::api_answer({{"num_pending", pending}});
    consumer->on_reply(x, now());
    consume_messages();
  }

  void answer(const json& body) { not_created(incoming::api_answer(body)); }

  void not_created(net::nats_message answer) {
    nats_reply x;
    x.cookie = 4;
    x.message = std::move(answer);
    if (!x.message) x.error = make_error(errc::handler_timeout);
    consumer->on_reply(x, now());
    consume_messages();
  }

  static net::nats_message at(uint64_t sequence, uint64_t nth, uint64_t pending = 0) {
    incoming::place place;
    place.sequence = sequence;
    place.nth = nth;
    place.pending = pending;
    return incoming::delivery("NOTIFICATIONS", place, "notifications.public.cmd-1", "{}");
  }

  void receive(std::vector<net::nats_message> messages) {
    receive_tagged(got.last<subscribe>().tag, std::move(messages));
  }

  void receive_tagged(uint64_t tag, std::vector<net::nats_message> messages) {
    nats_batch x;
    x.tag = tag;
    x.messages = std::move(messages);
    consumer->on_batch(x, now(), [this](const net::nats_message&, const net::delivery_info& info) {
      taken.push_back(info.stream_sequence);
    });
    consume_messages();
  }

  void tick() {
    consumer->on_tick(now());
    consume_messages();
  }

  size_t consumers() const { return got.count<nats_request>(); }
  json config() const { return parsed(got.last<nats_request>().data)["config"]; }
  std::string start_position() const { return text(config()["opt_start_seq"]); }
};

} // namespace tidings
