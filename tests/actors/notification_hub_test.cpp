// SPDX-License-Identifier: MIT
#define CAF_SUITE notification_hub

#include "tests/actors/fakes/hub_fixture.hpp"

using namespace tidings;

CAF_TEST_FIXTURE_SCOPE(notification_hub_tests, hub_fixture)

CAF_TEST(the hub follows NOTIFICATIONS from some history before where it stood at the start) {
  CAF_CHECK_EQUAL(got.last<nats_request>().subject, "$JS.API.CONSUMER.CREATE.NOTIFICATIONS");
  CAF_CHECK_EQUAL(text(parsed(got.last<nats_request>().data)["config"]["opt_start_seq"]), "37");
  CAF_MESSAGE("and does not begin again when the streams are reported again");
  auto before = got.count<nats_request>();
  streams_ready found;
  found.notifications_last_sequence = 90;
  give(hub, found);
  CAF_CHECK_EQUAL(got.count<nats_request>(), before);
}

CAF_TEST(an outcome goes to whoever waits for that command and to nobody else) {
  watch("cmd-1", alice.first);
  watch("cmd-2", bob.first);
  outcome(41, "public", "cmd-1", "failed");
  CAF_REQUIRE_EQUAL(outcomes_of(alice), 1u);
  auto x = alice.second->received.last<notification>();
  CAF_CHECK_EQUAL(x.owner, "public");
  CAF_CHECK_EQUAL(x.command_id, "cmd-1");
  CAF_CHECK_EQUAL(x.sequence, 41u);
  CAF_CHECK(x.status == outcome_status::failed);
  CAF_CHECK_EQUAL(x.code, "missing");
  CAF_CHECK_EQUAL(x.digest, "d1");
  CAF_CHECK_EQUAL(*x.document, R"({"n":41})");
  CAF_CHECK_EQUAL(outcomes_of(bob), 0u);
}

CAF_TEST(all who wait for a command share one document) {
  watch("cmd-1", alice.first);
  watch("cmd-1", bob.first);
  outcome(41, "public", "cmd-1");
  CAF_REQUIRE(outcomes_of(alice) == 1 && outcomes_of(bob) == 1);
  CAF_CHECK(alice.second->received.last<notification>().document == bob.second->received.last<notification>().document);
}

CAF_TEST(whoever comes after the outcome gets none from here) {
  outcome(41, "public", "cmd-1");
  watch("cmd-1", alice.first);
  CAF_CHECK_EQUAL(outcomes_of(alice), 0u);
  outcome(42, "public", "cmd-1");
  CAF_CHECK_EQUAL(outcomes_of(alice), 1u);
}

CAF_TEST(an outcome ends the watch) {
  watch("cmd-1", alice.first);
  outcome(41, "public", "cmd-1");
  outcome(42, "public", "cmd-1");
  CAF_CHECK_EQUAL(outcomes_of(alice), 1u);
}

CAF_TEST(a message that is no terminal outcome ends nothing) {
  watch("cmd-1", alice.first);
  outcome(41, "public", "cmd-1", "pending");
  outcome(42, "public", "cmd-1", "nonsense");
  CAF_CHECK_EQUAL(outcomes_of(alice), 0u);
  outcome(43, "public", "cmd-1");
  CAF_CHECK_EQUAL(outcomes_of(alice), 1u);
}

CAF_TEST(whoever unwatches gets nothing and the others still do) {
  watch("cmd-1", alice.first);
  watch("cmd-1", bob.first);
  unwatch("cmd-1", alice.first);
  unwatch("cmd-2", bob.first);
  outcome(41, "public", "cmd-1");
  CAF_CHECK_EQUAL(outcomes_of(alice), 0u);
  CAF_CHECK_EQUAL(outcomes_of(bob), 1u);
}

CAF_TEST(abandoning is passed on to those who wait for that command) {
  watch("cmd-1", alice.first);
  watch("cmd-2", bob.first);
  auto [gone, script] = lone_fake<command_listener>();
  give(hub, abandon_wait{"cmd-1", gone.address()});
  CAF_REQUIRE_EQUAL(alice.second->received.count<abandon_wait>(), 1u);
  CAF_CHECK(alice.second->received.last<abandon_wait>().listener == gone.address());
  CAF_CHECK_EQUAL(bob.second->received.count<abandon_wait>(), 0u);
}

CAF_TEST(draining ends every wait) {
  watch("cmd-1", alice.first);
  watch("cmd-2", bob.first);
  give(hub, drain_atom::value);
  CAF_REQUIRE_EQUAL(alice.second->received.count<abandon_wait>(), 1u);
  CAF_REQUIRE_EQUAL(bob.second->received.count<abandon_wait>(), 1u);
  CAF_CHECK(alice.second->received.last<abandon_wait>().listener == nullptr);
  CAF_CHECK_EQUAL(bob.second->received.last<abandon_wait>().command_id, "cmd-2");
}

CAF_TEST(after a reconnect the hub goes on behind the last outcome) {
  outcome(47, "public", "cmd-1");
  connection(false);
  connection(true);
  CAF_CHECK_EQUAL(text(parsed(got.last<nats_request>().data)["config"]["opt_start_seq"]), "48");
  created();
  nth = 0;
  watch("cmd-2", alice.first);
  outcome(48, "public", "cmd-2");
  CAF_CHECK_EQUAL(outcomes_of(alice), 1u);
}

CAF_TEST(the hub is ready while it follows the stream) {
  CAF_CHECK(told_ready());
  CAF_CHECK_EQUAL(got.last<component_state>().name, "notifications");
  connection(false);
  CAF_CHECK(!told_ready());
  CAF_CHECK(!got.last<component_state>().detail.empty());
  connection(true);
  CAF_CHECK(!told_ready());
  created();
  CAF_CHECK(told_ready());
}

// ---- Reading one message -------------------------------------------------------------------------------------------

CAF_TEST(a message that a direct get renamed is read by its own subject) {
  auto x = to_notification(
      incoming::direct("notifications.s-alice.cmd-9", 8, "{}", {{notification_headers::status, "completed"}}), 8);
  CAF_REQUIRE(x);
  CAF_CHECK_EQUAL(x->owner, "s-alice");
  CAF_CHECK_EQUAL(x->command_id, "cmd-9");
  CAF_CHECK_EQUAL(x->sequence, 8u);
}

CAF_TEST(a message without a terminal status is no outcome) {
  CAF_CHECK(!to_notification(incoming::message("notifications.public.cmd-1", {}, "{}"), 1));
  CAF_CHECK(!to_notification(
      incoming::message("notifications.public.cmd-1", {}, "{}", {{notification_headers::status, "pending"}}), 1));
}

CAF_TEST_FIXTURE_SCOPE_END()
