// SPDX-License-Identifier: MIT
#define CAF_SUITE notification_hub

#include "actors/notification_hub.hpp"

#include "actors/headers.hpp"
#include "tests/actors/fakes/models.hpp"

#include "tests/actors/fakes/fixture.hpp"

using namespace tidings;
using namespace std::chrono_literals;

namespace {

struct hub_fixture : actor_fixture {
  nats_gateway_actor gateway = fake<nats_gateway_actor>();
  readiness_actor ready = fake<readiness_actor>();
  metrics_ptr counts = std::make_shared<metrics>();
  notification_hub_actor hub = kept(sys.spawn(notification_hub, notification_hub_options{gateway, ready, counts, {4, 1000}}));
  std::pair<notification_listener, fake_script_ptr> alice = lone_fake<notification_listener>();
  std::pair<notification_listener, fake_script_ptr> bob = lone_fake<notification_listener>();
  uint64_t nth = 0;

  hub_fixture() {
    connection(true);
    streams_ready found;
    found.notifications_last_sequence = 40;
    give(hub, found);
    created();
  }

  void connection(bool up) {
    connection_change x;
    x.connected = up;
    give(hub, x);
  }

  void created() {
    nats_reply x;
    x.message = incoming::api_answer({{"num_pending", 0}});
    give(hub, x);
  }

  void watch(const std::string& id, const notification_listener& who) { give(hub, watch_command{id, who}); }
  void unwatch(const std::string& id, const notification_listener& who) { give(hub, unwatch_command{id, who}); }

  void outcome(uint64_t sequence, const std::string& owner, const std::string& id,
               const std::string& status = "completed") {
    incoming::place at;
    at.sequence = sequence;
    at.nth = ++nth;
    nats_batch x;
    x.tag = got.last<subscribe>().tag;
    x.messages.push_back(incoming::delivery("NOTIFICATIONS", at, "notifications." + owner + '.' + id,
                                            R"({"n":)" + std::to_string(sequence) + '}',
                                            {{notification_headers::status, status},
                                             {notification_headers::code, "missing"},
                                             {notification_headers::digest, "d1"}}));
    give(hub, x);
  }

  /// Our reactor has heard that its outcome is stored.
  void stored(uint64_t sequence, const std::string& owner, const std::string& id) {
    notification x;
    x.owner = owner;
    x.command_id = id;
    x.sequence = sequence;
    x.status = outcome_status::completed;
    x.document = std::make_shared<const std::string>(R"({"n":)" + std::to_string(sequence) + '}');
    give(hub, x);
  }

  static size_t outcomes_of(const std::pair<notification_listener, fake_script_ptr>& who) {
    return who.second->received.count<notification>();
  }

  bool told_ready() const { return got.last<component_state>().ready; }
};

} // namespace

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
  CAF_REQUIRE_EQUAL(script->received.last<missed>().outcomes.size(), 3u);
  CAF_CHECK_EQUAL(script->received.last<missed>().outcomes[1].command_id, "cmd-1");
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

// ---- Event streams -------------------------------------------------------------------------------------------------

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
