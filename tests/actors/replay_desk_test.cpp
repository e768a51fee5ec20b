// SPDX-License-Identifier: MIT
#define CAF_SUITE replay_desk

#include "actors/replay_desk.hpp"

#include "actors/headers.hpp"
#include "actors/notification_hub.hpp"
#include "tests/actors/fakes/models.hpp"

#include "tests/actors/fakes/fixture.hpp"

using namespace tidings;
using namespace std::chrono_literals;

namespace {

/// The desk inside its hub, whose memory holds four outcomes; the stream stood at 40.
struct desk_fixture : actor_fixture {
  metrics_ptr counts = std::make_shared<metrics>();
  std::pair<nats_gateway_actor, fake_script_ptr> nats = lone_fake<nats_gateway_actor>();
  notification_hub_actor hub = kept(sys.spawn(notification_hub, notification_hub_options{nats.first, fake<readiness_actor>(), counts, {4, 1000}}));
  event_listener me = fake<event_listener>();
  uint64_t nth = 0;

  desk_fixture() {
    connection_change up;
    up.connected = true;
    give(hub, up);
    streams_ready found;
    found.notifications_last_sequence = 40;
    give(hub, found);
    nats_reply x;
    x.message = incoming::api_answer({{"num_pending", 0}});
    give(hub, x);
  }

  journal& sent() { return nats.second->received; }

  void comes(uint64_t sequence, const std::string& owner = "me") {
    incoming::place at;
    at.sequence = sequence;
    at.nth = ++nth;
    nats_batch x;
    x.tag = sent().last<subscribe>().tag;
    x.messages.push_back(incoming::delivery("NOTIFICATIONS", at, "notifications." + owner + ".c", "{}", {{notification_headers::status, "completed"}}));
    give(hub, x);
  }

  void reply(uint64_t cookie, net::nats_message message) {
    nats_reply x;
    x.cookie = cookie;
    x.message = std::move(message);
    give(hub, x);
  }

  void stored(uint64_t sequence) {
    reply(sent().last<nats_request>().cookie, incoming::direct("notifications.me.c", sequence, "{}", {{notification_headers::status, "completed"}}));
  }

  void ask(uint64_t after) { give(hub, ask_missed{"me", after, me}); }

  std::string told() const {
    auto x = got.last<missed>();
    std::string result;
    for (auto& outcome : x.outcomes) result += std::to_string(outcome.sequence) + ' ';
    return result + "to " + std::to_string(x.up_to) + (x.all ? "" : "+");
  }

  /// Asked of the stream, beside the hub's own consumer.
  size_t lookups() {
    size_t result = 0;
    for (auto& x : sent().all<nats_request>()) result += x.subject == "$JS.API.DIRECT.GET.NOTIFICATIONS";
    return result;
  }

  size_t infos() {
    size_t result = 0;
    for (auto& x : sent().all<nats_request>()) result += x.subject == "$JS.API.STREAM.INFO.NOTIFICATIONS";
    return result;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(replay_desk_tests, desk_fixture)

CAF_TEST(what is in memory is answered without NATS) {
  for (uint64_t i = 37; i <= 40; ++i) comes(i, i == 38 ? "other" : "me");
  ask(36);
  CAF_CHECK_EQUAL(told(), "37 39 40 to 40");
  CAF_CHECK_EQUAL(lookups(), 0u);
  CAF_CHECK_EQUAL(counts->resumed_from_memory, 1u);
}

CAF_TEST(what is older is read from the stream and memory goes on from there) {
  for (uint64_t i = 37; i <= 42; ++i) comes(i);
  ask(10);
  CAF_REQUIRE_EQUAL(lookups(), 1u);
  auto body = parsed(sent().last<nats_request>().data);
  CAF_CHECK_EQUAL(text(body["next_by_subj"]), "notifications.me.*");
  CAF_CHECK_EQUAL(body["seq"].get<int>(), 11);
  stored(20);
  CAF_CHECK_EQUAL(told(), "20 to 20+");
  ask(20);
  stored(38);
  CAF_CHECK_EQUAL(told(), "38 to 38+");
  ask(38);
  CAF_CHECK_EQUAL(told(), "39 40 41 42 to 42");
  CAF_CHECK_EQUAL(lookups(), 2u);
}

CAF_TEST(an owner without older outcomes gets the rest from memory at once) {
  for (uint64_t i = 37; i <= 40; ++i) comes(i, "other");
  ask(10);
  CAF_MESSAGE("this one comes while the stream is asked");
  comes(41);
  reply(sent().last<nats_request>().cookie, incoming::nothing_there());
  CAF_CHECK_EQUAL(told(), "41 to 41");
}

CAF_TEST(when memory has moved on meanwhile nothing is left out) {
  for (uint64_t i = 37; i <= 40; ++i) comes(i, "other");
  ask(10);
  for (uint64_t i = 41; i <= 46; ++i) comes(i);
  reply(sent().last<nats_request>().cookie, incoming::nothing_there());
  CAF_CHECK_EQUAL(told(), "to 40+");
  ask(40);
  CAF_CHECK_EQUAL(parsed(sent().last<nats_request>().data)["seq"].get<int>(), 41);
}

CAF_TEST(only so many read from the stream at a time and the others have their turn) {
  std::vector<event_listener> crowd;
  for (size_t i = 0; i < replay_desk::most_reading + 5; ++i) {
    crowd.push_back(fake<event_listener>());
    give(hub, ask_missed{"me", 1, crowd.back()});
  }
  CAF_CHECK_EQUAL(lookups(), replay_desk::most_reading);
  CAF_CHECK_EQUAL(counts->resumes_waiting, 5u);
  CAF_MESSAGE("one that has gone is left out");
  give(hub, leave_events{"me", crowd.at(replay_desk::most_reading)});
  CAF_CHECK_EQUAL(counts->resumes_waiting, 4u);
  for (int i = 0; i < 10; ++i) reply(2 + i, incoming::nothing_there());
  CAF_CHECK_EQUAL(lookups(), replay_desk::most_reading + 4);
  CAF_CHECK_EQUAL(counts->resumes_waiting, 0u);
  CAF_CHECK_EQUAL(got.count<missed>(), 10u);
}

CAF_TEST(an answer that fails ends the turn) {
  ask(1);
  nats_reply x;
  x.cookie = sent().last<nats_request>().cookie;
  x.error = make_error(errc::handler_timeout);
  give(hub, x);
  CAF_CHECK(code_of(got.last<missed>().error) == errc::handler_timeout);
  ask(1);
  CAF_CHECK_EQUAL(lookups(), 2u);
}

CAF_TEST(what is kept is asked once for everybody who comes before the question) {
  for (int i = 0; i < 100; ++i) caf::anon_send(hub, ask_kept{me});
  consume_messages();
  CAF_CHECK_EQUAL(infos(), 1u);
  auto answer = incoming::api_answer({{"state", {{"first_seq", 5}, {"last_seq", 44}}}});
  reply(1, answer);
  CAF_CHECK_EQUAL(got.count<tidings::kept>(), 1u);
  CAF_MESSAGE("those who came while it was open share the next");
  CAF_CHECK_EQUAL(infos(), 2u);
  reply(1, answer);
  CAF_CHECK_EQUAL(got.count<tidings::kept>(), 100u);
  CAF_CHECK_EQUAL(got.last<tidings::kept>().first, 5u);
  CAF_CHECK_EQUAL(got.last<tidings::kept>().last, 44u);
  CAF_CHECK_EQUAL(infos(), 2u);
}

CAF_TEST(when what is kept cannot be found out everybody hears so) {
  give(hub, ask_kept{me});
  reply(1, incoming::api_refusal(404, 10059, "stream not found"));
  CAF_CHECK(code_of(got.last<tidings::kept>().error) == errc::unavailable);
}

CAF_TEST(a stream that joins during the reading of history is at its end) {
  comes(37);
  give(hub, join_events{"me", me});
  CAF_CHECK_EQUAL(got.last<joined>().last_sequence, 40u);
  comes(41);
  give(hub, join_events{"me", me});
  CAF_CHECK_EQUAL(got.last<joined>().last_sequence, 41u);
}

CAF_TEST_FIXTURE_SCOPE_END()
