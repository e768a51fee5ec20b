// SPDX-License-Identifier: MIT
// Event streams, and the order in which they are told.
#define CAF_SUITE notification_hub_streams

#include "tests/actors/fakes/hub_fixture.hpp"

using namespace tidings;
using namespace std::chrono_literals;

CAF_TEST_FIXTURE_SCOPE(notification_hub_streams_tests, hub_fixture)

CAF_TEST(an outcome that our reactor has stored goes to those who wait and to streams only in its turn) {
  auto [stream, script] = lone_fake<event_listener>();
  give(hub, join_events{"public", stream});
  watch("cmd-1", alice.first);
  watch("cmd-2", bob.first);
  stored(42, "public", "cmd-1");
  CAF_CHECK_EQUAL(outcomes_of(alice), 1u);
  CAF_CHECK_EQUAL(alice.second->received.last<notification>().sequence, 42u);
  CAF_CHECK_EQUAL(outcomes_of(bob), 0u);
  CAF_CHECK_EQUAL(script->received.count<notification>(), 0u);
  CAF_MESSAGE("what is before it in the stream comes first");
  outcome(41, "public", "cmd-2");
  CAF_CHECK_EQUAL(script->received.last<notification>().sequence, 41u);
  outcome(42, "public", "cmd-1");
  CAF_CHECK_EQUAL(script->received.last<notification>().sequence, 42u);
  CAF_CHECK_EQUAL(script->received.count<notification>(), 2u);
  CAF_MESSAGE("and nobody who waited is told twice");
  CAF_CHECK_EQUAL(outcomes_of(alice), 1u);
}

CAF_TEST(an outcome that our reactor has stored next goes to streams before it is delivered) {
  outcome(41, "public", "cmd-0");
  auto [stream, script] = lone_fake<event_listener>();
  auto [other, other_script] = lone_fake<event_listener>();
  give(hub, join_events{"public", stream});
  give(hub, join_events{"s-alice", other});
  watch("cmd-1", alice.first);
  stored(42, "public", "cmd-1");
  CAF_CHECK_EQUAL(outcomes_of(alice), 1u);
  CAF_REQUIRE_EQUAL(script->received.count<notification>(), 1u);
  CAF_CHECK_EQUAL(*script->received.last<notification>().document, "{\"n\":42}");
  CAF_CHECK_EQUAL(other_script->received.count<notification>(), 0u);
  CAF_MESSAGE("and not again then");
  outcome(42, "public", "cmd-1");
  outcome(43, "public", "cmd-2");
  CAF_CHECK_EQUAL(script->received.count<notification>(), 2u);
  CAF_CHECK_EQUAL(script->received.last<notification>().sequence, 43u);
  CAF_MESSAGE("and whoever comes back finds both once");
  give(hub, ask_missed{"public", 40, stream});
  auto both = script->received.last<missed>().outcomes;
  CAF_REQUIRE_EQUAL(both.size(), 3u);
  CAF_CHECK_EQUAL(both[1].command_id, "cmd-1");
}

CAF_TEST(event streams go on without deliveries while only our reactor writes) {
  outcome(41, "public", "cmd-0");
  auto [stream, script] = lone_fake<event_listener>();
  give(hub, join_events{"public", stream});
  uint64_t sequence = 41;
  auto write = [&] {
    for (int i = 0; i < 30; ++i, ++sequence) stored(sequence + 1, "public", "cmd-" + std::to_string(sequence));
  };
  for (int i = 0; i < 30; ++i, pass(100ms, 100ms)) write();
  CAF_CHECK(got.last<unsubscribe>().tag == got.last<subscribe>().tag);
  CAF_CHECK_EQUAL(script->received.count<notification>(), 900u);
  CAF_CHECK(told_ready());
  CAF_MESSAGE("and signs of life come as often as ever");
  for (int i = 0; i < 120; ++i, pass(100ms, 100ms)) write();
  CAF_CHECK_EQUAL(script->received.count<beat_atom>(), 1u);
}

CAF_TEST(an event stream of an owner hears where the stream stands and then every outcome of that owner) {
  auto [stream, script] = lone_fake<event_listener>();
  outcome(41, "s-alice", "cmd-1");
  give(hub, join_events{"s-alice", stream});
  CAF_CHECK_EQUAL(script->received.last<joined>().last_sequence, 41u);
  outcome(42, "s-alice", "cmd-2");
  outcome(43, "s-bob", "cmd-3");
  outcome(44, "s-alice", "cmd-4", "failed");
  CAF_REQUIRE_EQUAL(script->received.count<notification>(), 2u);
  CAF_CHECK_EQUAL(script->received.last<notification>().sequence, 44u);
  give(hub, leave_events{"s-alice", stream});
  outcome(45, "s-alice", "cmd-5");
  CAF_CHECK_EQUAL(script->received.count<notification>(), 2u);
}

CAF_TEST(every event stream gets a sign of life each fifteen seconds) {
  auto [stream, script] = lone_fake<event_listener>();
  give(hub, join_events{"", stream});
  pass(30s, 100ms);
  CAF_CHECK_EQUAL(script->received.count<beat_atom>(), 2u);
  give(hub, leave_events{"", stream});
  pass(30s, 100ms);
  CAF_CHECK_EQUAL(script->received.count<beat_atom>(), 2u);
}

CAF_TEST(progress goes to the streams of its command and of its owner and to nobody else) {
  auto [owners, owners_script] = lone_fake<event_listener>();
  auto [commands, commands_script] = lone_fake<event_listener>();
  auto [others, others_script] = lone_fake<event_listener>();
  give(hub, join_events{"s-alice", owners});
  give(hub, join_events{"", commands, "cmd-1"});
  give(hub, join_events{"s-bob", others, "cmd-2"});
  auto told = [&] {
    for (auto& wish : got.all<subscribe>())
      if (wish.subject == "progress.*.*") give(hub, nats_batch{wish.tag, {incoming::message("progress.s-alice.cmd-1", {}, "{\"n\":1}")}});
  };
  told();
  for (auto* script : {owners_script.get(), commands_script.get()}) {
    CAF_REQUIRE_EQUAL(script->received.count<progress_report>(), 1u);
    auto x = script->received.last<progress_report>();
    CAF_CHECK_EQUAL(x.owner + '/' + x.command_id, "s-alice/cmd-1");
    CAF_CHECK_EQUAL(*x.document, "{\"n\":1}");
  }
  CAF_CHECK_EQUAL(others_script->received.count<progress_report>(), 0u);
  CAF_MESSAGE("until they leave");
  give(hub, leave_events{"s-alice", owners});
  give(hub, leave_events{"", commands, "cmd-1"});
  told();
  CAF_CHECK_EQUAL(owners_script->received.count<progress_report>(), 1u);
  CAF_CHECK_EQUAL(commands_script->received.count<progress_report>(), 1u);
}

CAF_TEST(stopping ends every event stream) {
  auto [stream, script] = lone_fake<event_listener>();
  give(hub, join_events{"s-alice", stream});
  give(hub, stop_atom::value);
  CAF_CHECK_EQUAL(script->received.count<stop_atom>(), 1u);
}

CAF_TEST_FIXTURE_SCOPE_END()
