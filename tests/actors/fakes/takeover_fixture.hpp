// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <string>

#include "actors/takeover.hpp"
#include "net/jetstream.hpp"
#include "tests/actors/fakes/models.hpp"

#include "tests/actors/fakes/fixture.hpp"

namespace tidings {

inline json consumer(const std::string& name, uint64_t acknowledged) {
  return {{"name", name}, {"config", {{"filter_subject", "commands.5.*.*"}}}, {"ack_floor", {{"stream_seq", acknowledged}}}};
}

struct takeover_fixture : actor_fixture {
  takeover x;

  takeover_fixture() { init(5); }

  void init(uint32_t partition) {
    takeover::options options;
    options.gateway = fake<nats_gateway_actor>();
    options.partition = partition;
    options.batches = fake<batch_listener>();
    options.replies = fake<reply_listener>();
    x.init(options);
  }

  void begin(std::optional<uint64_t> floor, const settled_positions& before = {}) {
    x.begin({floor, before});
    consume_messages();
  }

  /// As others say who had it before, of a stream that was created at `created`.
  static settled_positions settled(uint32_t partition, uint64_t sequence, const std::string& created = default_created) {
    settled_positions result;
    result.note(partition, net::jetstream::created_ns(created), sequence);
    return result;
  }
  static constexpr const char* default_created = "2026-01-02T03:04:05.123456789Z";

  nats_request asked() const { return got.last<nats_request>(); }

  void answer_to(const nats_request& question, net::nats_message message) {
    nats_reply reply;
    reply.cookie = question.cookie;
    reply.message = std::move(message);
    CAF_CHECK(x.on_reply(reply));
    consume_messages();
  }

  void answer(const json& body) { answer_to(asked(), incoming::api_answer(body)); }
  void refuse(const std::string& why) { refuse_with(10014, why); }
  void refuse_with(int code, const std::string& why) { answer_to(asked(), incoming::api_refusal(404, code, why)); }

  void no_answer() {
    nats_reply reply;
    reply.cookie = asked().cookie;
    reply.error = make_error(errc::handler_timeout, "no answer in time");
    CAF_CHECK(x.on_reply(reply));
    consume_messages();
  }

  void stream_is(uint64_t last, const std::string& created = default_created) {
    answer({{"created", created}, {"state", {{"last_seq", last}}}});
  }

  void consume_from_empty() {
    begin(std::nullopt);
    answer({{"consumers", json::array()}});
    stream_is(0);
    answer(json::object());
  }

  json config() const { return parsed(asked().data)["config"]; }
  uint64_t start_of_consumer() const { return config()["opt_start_seq"].get<uint64_t>(); }
};

} // namespace tidings
