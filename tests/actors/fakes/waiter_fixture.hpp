// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "actors/command_waiter.hpp"
#include "actors/headers.hpp"
#include "envelopes/subjects.hpp"
#include "tests/actors/fakes/models.hpp"

#include "tests/actors/fakes/fixture.hpp"

namespace tidings {

/// A waiter for the command cmd-1 of the owner `public`, and everyone it talks to.
struct waiter_fixture : actor_fixture {
  nats_gateway_actor gateway = fake<nats_gateway_actor>();
  notification_hub_actor hub = fake<notification_hub_actor>();
  reactor_actor reactor = fake<reactor_actor>();
  command_listener listener = fake<command_listener>();
  std::shared_ptr<const std::vector<token>> types = std::make_shared<std::vector<token>>(1, tok("WriteNote"));
  command_waiter_actor waiter;
  std::shared_ptr<bool> ended;

  wait_order order(std::chrono::milliseconds wait) {
    wait_order result{.gateway = gateway,
                      .hub = hub,
                      .reactors = std::make_shared<const std::vector<reactor_actor>>(subjects::partitions + 1, reactor),
                      .command_id = tok("cmd-1"),
                      .owner = tok("public"),
                      .outgoing = std::nullopt,
                      .listener = listener,
                      .permit = nullptr,
                      .types = types};
    result.wait = wait;
    result.cookie = 77;
    return result;
  }

  /// @param digest Set when the client chose the id.
  outgoing_command outgoing(const std::string& digest = {}) const {
    outgoing_command result;
    result.type = "WriteNote";
    result.message = std::make_shared<const outgoing_message>(outgoing_message{
        "commands.3.WriteNote.cmd-1", {{command_headers::msg_id, "cmd-1"}, {command_headers::key, "n1"}}, R"({"command_id":"cmd-1"})"});
    result.digest = digest;
    return result;
  }

  void start(wait_order x) {
    waiter = kept(sys.spawn(command_waiter, std::make_shared<wait_order>(std::move(x))));
    ended = end_of(waiter);
    consume_messages();
  }

  void start_publishing(std::chrono::milliseconds wait) {
    auto x = order(wait);
    x.outgoing = outgoing();
    start(std::move(x));
  }

  /// The client chose the id, and new commands are refused.
  void start_without_room() {
    auto x = order(std::chrono::seconds{5});
    x.outgoing = outgoing("d1");
    x.no_room = make_error(errc::backlog_full, failure{"too many", {}, 7});
    start(std::move(x));
  }

  void start_attached(std::chrono::milliseconds wait) { start(order(wait)); }

  /// What is asked before a command that was stored already is said to be pending.
  void no_outcome_at_leader() {
    CAF_REQUIRE_EQUAL(got.last<nats_request>().subject, "$JS.API.STREAM.MSG.GET.NOTIFICATIONS");
    reply(incoming::no_message());
  }

  void ack(uint64_t sequence, bool duplicate = false) {
    published x;
    x.sequence = sequence;
    x.duplicate = duplicate;
    give(waiter, x);
  }

  void publish_fails(errc code) {
    published x;
    x.error = make_error(code);
    give(waiter, x);
  }

  /// NATS answers the waiter's last request.
  void reply(net::nats_message message) {
    nats_reply x;
    x.cookie = got.last<nats_request>().cookie;
    x.message = std::move(message);
    give(waiter, x);
  }

  /// No subject that the command could have has it.
  void no_command_anywhere() {
    for (uint32_t i = 0; i < subjects::partitions; ++i)
      reply(incoming::nothing_there());
  }

  void reply_error(errc code) {
    nats_reply x;
    x.cookie = got.last<nats_request>().cookie;
    x.error = make_error(code);
    give(waiter, x);
  }

  notification outcome(const std::string& owner = "public", const std::string& digest = {}) const {
    notification x;
    x.owner = owner;
    x.command_id = "cmd-1";
    x.sequence = 5;
    x.status = outcome_status::completed;
    x.digest = digest;
    x.document = std::make_shared<const std::string>(R"({"status":"completed"})");
    return x;
  }

  size_t answers() const { return got.count<command_answer>(); }
  command_answer answer() const { return got.last<command_answer>(); }
  json document() const { return parsed(*answer().document); }
  std::string asked_subject() const { return got.last<nats_request>().subject; }
  json asked_body() const { return parsed(got.last<nats_request>().data); }
};

} // namespace tidings
