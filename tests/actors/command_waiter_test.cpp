// SPDX-License-Identifier: MIT
#define CAF_SUITE command_waiter

#include "tests/actors/fakes/waiter_fixture.hpp"

using namespace tidings;
using namespace std::chrono_literals;

CAF_TEST_FIXTURE_SCOPE(command_waiter_tests, waiter_fixture)

CAF_TEST(the waiter watches before it publishes) {
  start_publishing(1s);
  CAF_CHECK((got.came_before<watch_command, publish>()));
  CAF_CHECK_EQUAL(got.last<watch_command>().command_id, "cmd-1");
  CAF_CHECK(got.last<watch_command>().listener == waiter);
}

CAF_TEST(the command is published as it was ordered) {
  start_publishing(1s);
  auto sent = got.last<publish>();
  CAF_CHECK_EQUAL(sent.what->subject, "commands.3.WriteNote.cmd-1");
  CAF_CHECK_EQUAL(sent.what->data, R"({"command_id":"cmd-1"})");
  CAF_REQUIRE_EQUAL(sent.what->headers.size(), 2u);
  CAF_CHECK_EQUAL(std::string{sent.what->headers[0].first}, "Nats-Msg-Id");
  CAF_CHECK_EQUAL(sent.what->headers[0].second.str(), "cmd-1");
}

CAF_TEST(an outcome 1 ms before the deadline reaches the listener) {
  CAF_MESSAGE("given a command that waits for one second");
  start_publishing(1s);
  ack(9);
  CAF_MESSAGE("when the outcome comes after 999 ms");
  pass(999ms);
  CAF_CHECK_EQUAL(answers(), 0u);
  give(waiter, outcome());
  CAF_MESSAGE("then it is the answer, and the only one");
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(!answer().error);
  CAF_CHECK(answer().status == outcome_status::completed);
  CAF_CHECK_EQUAL(*answer().document, R"({"status":"completed"})");
  CAF_CHECK_EQUAL(answer().cookie, 77u);
  pass(2s);
  CAF_CHECK_EQUAL(answers(), 1u);
}

CAF_TEST(at the deadline the answer is pending) {
  start_publishing(1s);
  ack(9);
  pass(1s);
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(!answer().error);
  CAF_CHECK(answer().status == outcome_status::pending);
  CAF_CHECK(document()["success"].is_null());
  CAF_CHECK_EQUAL(text(document()["command_id"]), "cmd-1");
  CAF_CHECK_EQUAL(text(document()["command_type"]), "WriteNote");
  CAF_CHECK_EQUAL(text(document()["key"]), "n1");
}

CAF_TEST(an outcome after the deadline comes too late for this listener) {
  start_publishing(1s);
  ack(9);
  pass(1001ms);
  give(waiter, outcome());
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(answer().status == outcome_status::pending);
}

CAF_TEST(the deadline counts from the request and not from the ack) {
  start_publishing(1s);
  pass(600ms);
  ack(9);
  pass(399ms);
  CAF_CHECK_EQUAL(answers(), 0u);
  pass(1ms);
  CAF_CHECK_EQUAL(answers(), 1u);
}

CAF_TEST(an ack after the deadline is answered with pending at once) {
  start_publishing(1s);
  pass(1500ms);
  CAF_CHECK_EQUAL(answers(), 0u);
  ack(9);
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(answer().status == outcome_status::pending);
}

CAF_TEST(without a wait the answer is pending as soon as the stream has the command) {
  start_publishing(0ms);
  CAF_CHECK_EQUAL(answers(), 0u);
  ack(9);
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(answer().status == outcome_status::pending);
  CAF_CHECK_EQUAL(text(document()["stage"]), "accepted");
  CAF_CHECK_EQUAL(got.count<ask_stage>(), 0u);
}

CAF_TEST(an outcome before the ack is answered without waiting for it) {
  start_publishing(1s);
  give(waiter, outcome());
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(answer().status == outcome_status::completed);
  ack(9);
  CAF_CHECK_EQUAL(answers(), 1u);
}

CAF_TEST(a failed outcome carries its code) {
  start_publishing(1s);
  ack(9);
  auto failed = outcome();
  failed.status = outcome_status::failed;
  failed.code = "already_exists";
  give(waiter, failed);
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(!answer().error);
  CAF_CHECK(answer().status == outcome_status::failed);
  CAF_CHECK_EQUAL(answer().code, "already_exists");
}

CAF_TEST(a notification that is still pending ends no wait) {
  start_publishing(1s);
  ack(9);
  auto pending = outcome();
  pending.status = outcome_status::pending;
  give(waiter, pending);
  CAF_CHECK_EQUAL(answers(), 0u);
}

CAF_TEST(the outcome of a foreign owner is ignored) {
  start_publishing(1s);
  ack(9);
  give(waiter, outcome("somebody_else"));
  CAF_CHECK_EQUAL(answers(), 0u);
}

CAF_TEST(an ignored notification does not move the deadline) {
  start_publishing(1s);
  ack(9);
  pass(900ms);
  give(waiter, outcome("somebody_else"));
  pass(99ms);
  CAF_CHECK_EQUAL(answers(), 0u);
  pass(1ms);
  CAF_CHECK_EQUAL(answers(), 1u);
}

CAF_TEST(the pending answer names the stage that the reactor knows at the deadline) {
  common->answer<ask_stage, stage>([](const ask_stage&) { return stage::handled; });
  start_publishing(1s);
  ack(9);
  pass(999ms);
  CAF_CHECK_EQUAL(got.count<ask_stage>(), 0u);
  pass(1ms);
  CAF_REQUIRE_EQUAL(got.count<ask_stage>(), 2u);
  CAF_CHECK_EQUAL(got.last<ask_stage>().sequence, 9u);
  CAF_CHECK_EQUAL(text(document()["stage"]), "handled");
}

CAF_TEST(a reactor that ended leaves the stage at accepted) {
  start_publishing(1s);
  ack(9);
  caf::anon_send_exit(reactor, caf::exit_reason::kill);
  pass(1s);
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK_EQUAL(text(document()["stage"]), "accepted");
}

CAF_TEST(an outcome that comes while the stage is asked for wins) {
  common->answer<ask_stage, stage>([](const ask_stage&) -> caf::result<stage> { return caf::delegated<stage>{}; });
  start_publishing(1s);
  ack(9);
  pass(1s);
  CAF_CHECK_EQUAL(answers(), 0u);
  give(waiter, outcome());
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(answer().status == outcome_status::completed);
}

CAF_TEST(in a process without a reactor the stage is accepted) {
  auto x = order(1s);
  x.outgoing = outgoing();
  x.reactors = nullptr;
  start(std::move(x));
  ack(9);
  pass(1s);
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK_EQUAL(text(document()["stage"]), "accepted");
}

CAF_TEST(a listener that goes away ends its wait with pending) {
  start_publishing(10s);
  ack(9);
  give(waiter, abandon_wait{"cmd-1", listener.address()});
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(answer().status == outcome_status::pending);
  CAF_CHECK(*ended);
}

CAF_TEST(a listener that goes away before the ack does not keep the command from the stream) {
  start_publishing(10s);
  give(waiter, abandon_wait{"cmd-1", listener.address()});
  CAF_CHECK_EQUAL(answers(), 0u);
  publish_fails(errc::outcome_unknown);
  pass(100ms);
  CAF_CHECK_EQUAL(got.count<publish>(), 2u);
  ack(9);
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(answer().status == outcome_status::pending);
}

CAF_TEST(another listener of the command going away changes nothing) {
  start_publishing(1s);
  ack(9);
  pass(900ms);
  auto [other, script] = lone_fake<command_listener>();
  give(waiter, abandon_wait{"cmd-1", other.address()});
  pass(99ms);
  CAF_CHECK_EQUAL(answers(), 0u);
  pass(1ms);
  CAF_CHECK_EQUAL(answers(), 1u);
}

CAF_TEST(at shutdown every wait ends with pending) {
  start_publishing(10s);
  ack(9);
  give(waiter, abandon_wait{"cmd-1", {}});
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(answer().status == outcome_status::pending);
}

CAF_TEST(a waiter that has answered ends and gives its permit back) {
  auto permit = std::make_shared<int>(1);
  auto x = order(1s);
  x.outgoing = outgoing();
  x.permit = permit;
  start(std::move(x));
  ack(9);
  CAF_CHECK_EQUAL(permit.use_count(), 2);
  CAF_CHECK(!*ended);
  give(waiter, outcome());
  CAF_MESSAGE("the hub lets go of whoever it has told the outcome");
  CAF_CHECK_EQUAL(got.count<unwatch_command>(), 0u);
  CAF_CHECK(*ended);
  CAF_CHECK_EQUAL(permit.use_count(), 1);
  CAF_CHECK(!sched.has_pending_timeout());
}

CAF_TEST(a waiter that ends without the outcome unwatches) {
  start_publishing(0ms);
  ack(9);
  CAF_CHECK_EQUAL(got.count<unwatch_command>(), 1u);
  CAF_CHECK(got.last<unwatch_command>().listener == waiter);
  CAF_CHECK(*ended);
}

CAF_TEST_FIXTURE_SCOPE_END()
