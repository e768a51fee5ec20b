// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>

#include "actors/headers.hpp"
#include "actors/reactor.hpp"
#include "tests/actors/fakes/commands.hpp"

#include "tests/actors/fakes/fixture.hpp"

namespace tidings {

/// A reactor; the test plays NATS and the projectors. Commands are named by their sequence.
struct reactor_fixture : actor_fixture {
  catalog_ptr models = sample_catalog();
  nats_gateway_actor gateway = fake<nats_gateway_actor>();
  partition_listener owner = fake<partition_listener>();
  kv_projector_actor projector = fake<kv_projector_actor>();
  reactor_actor reactor;
  metrics_ptr counts = std::make_shared<metrics>(*models);
  notification_hub_actor hub = fake<notification_hub_actor>();
  std::shared_ptr<own_commands> own = std::make_shared<own_commands>();

  void start() {
    reactor_options options;
    options.models = models;
    options.gateway = gateway;
    options.partition = 3;
    options.projectors = {{"notes", projector}, {"places", projector}};
    options.counts = counts;
    options.hub = hub;
    options.own = own;
    reactor = kept(sys.spawn(tidings::reactor, std::move(options)));
    consume_messages();
  }

  void lease(bool held) {
    lease_change x;
    x.held = held;
    if (held) x.listener = owner;
    give(reactor, x);
  }

  void connection(bool up) {
    connection_change x;
    x.connected = up;
    give(reactor, x);
  }

  std::string asked() const { return got.last<nats_request>().subject; }
  json asked_config() const { return parsed(got.last<nats_request>().data)["config"]; }

  void answer(net::nats_message message) {
    nats_reply x;
    x.cookie = got.last<nats_request>().cookie;
    x.message = std::move(message);
    give(reactor, x);
  }

  /// NATS answers what taking over asks for.
  void taken_over(uint64_t last_sequence, uint64_t acknowledged = 0) {
    answer(incoming::api_answer(
        {{"consumers", json::array({{{"name", "reactor-a"}, {"config", {{"filter_subject", "commands.3.*.*"}}}, {"ack_floor", {{"stream_seq", acknowledged}}}}})}}));
    taken_again(last_sequence);
  }

  /// The same for who has consumed a moment ago.
  void taken_again(uint64_t last_sequence, const std::string& created = "2026-01-02T03:04:05Z") {
    answer(incoming::api_answer({{"created", created}, {"state", {{"last_seq", last_sequence}}}}));
    answer(incoming::api_answer(json::object()));
    nth_ = 0;
  }

  /// A delivery that gets lost on the way.
  void lose_delivery() { ++nth_; }

  /// As after a crash of the server.
  void count_deliveries_from(uint64_t nth) { nth_ = nth; }

  /// The server says which delivery was its last one.
  void heartbeat() {
    nats_batch x;
    x.tag = got.last<subscribe>().tag;
    x.messages.push_back(incoming::heartbeat(nth_));
    give(reactor, x);
  }

  /// A reactor that consumes a stream whose last message is `last_sequence`.
  void start_consuming(uint64_t last_sequence = 0) {
    start();
    lease(true);
    connection(true);
    give(reactor, streams_ready{});
    taken_over(last_sequence, last_sequence);
  }

  static std::string id_of(uint64_t sequence) { return "cmd-" + std::to_string(sequence); }

  std::string envelope(uint64_t sequence, const std::string& type = "PutNote") const {
    command_request x;
    x.command_type = type;
    x.command_id = id_of(sequence);
    x.service_id = "test";
    x.timestamp = "2026-01-02T03:04:05Z";
    x.payload = {{"id", "n1"}, {"text", "hello"}};
    return to_json(x);
  }

  void deliver_text(uint64_t sequence, const std::string& body, incoming::header_list headers, uint64_t delivered = 1) {
    incoming::place at;
    at.sequence = sequence;
    at.nth = ++nth_;
    at.delivered = delivered;
    ack_ = incoming::ack_subject("COMMANDS", at);
    nats_batch x;
    x.tag = got.last<subscribe>().tag;
    x.messages.push_back(
        incoming::delivery("COMMANDS", at, "commands.3.PutNote." + id_of(sequence), body, std::move(headers)));
    give(reactor, x);
  }

  void deliver(uint64_t sequence, uint64_t delivered = 1) {
    deliver_text(sequence, envelope(sequence), {{command_headers::owner, "public"}}, delivered);
  }

  /// Where the last delivery wants its acknowledgement.
  const std::string& ack() const { return ack_; }

  void project_ends(uint64_t sequence, projected::result what, rejection reason = {}, std::optional<clock_time> handled_at = {}) {
    projected x;
    x.handled_at = handled_at;
    x.cookie = sequence;
    x.what = what;
    x.reason = std::move(reason);
    if (what == projected::result::written)
      x.entry = document("n1", 12, sequence, id_of(sequence), {{"id", "n1"}, {"text", "hello"}});
    if (what == projected::result::removed) x.entry = tombstone("n1", 12, sequence, id_of(sequence));
    x.attempts = 5;
    give(reactor, x);
  }

  /// What was published last is stored.
  void stored_publish(uint64_t sequence) {
    published x;
    x.cookie = sequence;
    x.sequence = 99;
    give(reactor, x);
  }

  void failed_publish(uint64_t sequence, errc code) {
    published x;
    x.cookie = sequence;
    x.error = make_error(code);
    give(reactor, x);
  }

  publish last_publish() const { return got.last<publish>(); }

  /// Requests for an outcome at the leader of NOTIFICATIONS.
  std::vector<nats_request> lookups() const {
    auto all = got.all<nats_request>();
    std::erase_if(all, [](auto& x) { return x.subject != "$JS.API.STREAM.MSG.GET.NOTIFICATIONS"; });
    return all;
  }

  void answer_lookup(net::nats_message message, caf::error error = {}) {
    nats_reply x;
    x.cookie = lookups().back().cookie;
    x.message = std::move(message);
    x.error = std::move(error);
    give(reactor, x);
  }

  static std::string header(const publish& x, std::string_view name) {
    return std::string{net::value_of(x.what->headers, name)};
  }

  json told() const { return parsed(last_publish().what->data); }

  /// The acknowledgements so far, e.g. "+ACK".
  std::vector<std::string> acks() const {
    std::vector<std::string> result;
    for (auto& x : got.all<emit>())
      result.push_back(x.data);
    return result;
  }

  stage stage_of(uint64_t sequence) {
    auto asked = self->request(reactor, caf::infinite, ask_stage{sequence});
    consume_messages();
    stage result{};
    asked.receive([&](stage x) { result = x; }, [&](const caf::error& why) { CAF_FAIL(sys.render(why)); });
    return result;
  }

private:
  uint64_t nth_ = 0;
  std::string ack_;
};

/// One that consumes already.
struct consuming_fixture : reactor_fixture {
  consuming_fixture() { start_consuming(); }
};

} // namespace tidings
