// SPDX-License-Identifier: MIT
#define CAF_SUITE ordered_consumer

#include "tests/actors/fakes/ordered_consumer_fixture.hpp"

using namespace tidings;
using namespace std::chrono_literals;
using policy = net::jetstream::start_at::policy;

CAF_TEST_FIXTURE_SCOPE(ordered_consumer_tests, ordered_consumer_fixture)

CAF_TEST(following makes a consumer that delivers to our subscription) {
  start(5);
  CAF_CHECK_EQUAL(got.last<nats_request>().subject, "$JS.API.CONSUMER.CREATE.NOTIFICATIONS");
  CAF_CHECK_EQUAL(text(config()["deliver_subject"]), got.last<subscribe>().subject);
  CAF_CHECK_EQUAL(text(config()["flow_control"]), "true");
  CAF_CHECK_EQUAL(text(config()["ack_policy"]), "none");
  CAF_CHECK_EQUAL(start_position(), "5");
  CAF_CHECK((got.came_before<subscribe, nats_request>()));
}

CAF_TEST(messages in order are taken) {
  start(5);
  created();
  receive({at(5, 1), at(7, 2)});
  receive({at(8, 3)});
  CAF_CHECK((taken == std::vector<uint64_t>{5, 7, 8}));
  CAF_CHECK_EQUAL(consumer->last_sequence(), 8u);
  CAF_CHECK_EQUAL(consumers(), 1u);
}

CAF_TEST(behind a gap nothing is taken and a new consumer starts behind the last message) {
  start(5);
  created();
  receive({at(5, 1), at(7, 3), at(8, 4)});
  CAF_CHECK((taken == std::vector<uint64_t>{5}));
  CAF_CHECK_EQUAL(consumers(), 2u);
  CAF_CHECK_EQUAL(start_position(), "6");
  created();
  receive({at(6, 1), at(7, 2), at(8, 3)});
  CAF_CHECK((taken == std::vector<uint64_t>{5, 6, 7, 8}));
}

CAF_TEST(a message that comes twice is taken once) {
  start(5);
  created();
  receive({at(5, 1), at(5, 1)});
  CAF_CHECK((taken == std::vector<uint64_t>{5}));
}

CAF_TEST(messages of an older consumer are dropped) {
  start(5);
  created();
  auto old = got.last<subscribe>().tag;
  receive({at(5, 1), at(7, 3)});
  created();
  receive_tagged(old, {at(8, 1), at(6, 1)});
  CAF_CHECK((taken == std::vector<uint64_t>{5}));
  CAF_CHECK_EQUAL(got.last<unsubscribe>().tag, old);
}

CAF_TEST(a heartbeat that knows of more deliveries than came is a gap) {
  start(5);
  created();
  receive({at(5, 1)});
  receive({incoming::heartbeat(1)});
  CAF_CHECK_EQUAL(consumers(), 1u);
  receive({incoming::heartbeat(2)});
  CAF_CHECK_EQUAL(consumers(), 2u);
  CAF_CHECK_EQUAL(start_position(), "6");
}

CAF_TEST(silence for more than three heartbeats makes a new consumer) {
  start(5);
  created();
  receive({at(5, 1)});
  advance_time(6s);
  tick();
  CAF_CHECK_EQUAL(consumers(), 1u);
  advance_time(1ms);
  tick();
  CAF_CHECK_EQUAL(consumers(), 2u);
  CAF_CHECK_EQUAL(start_position(), "6");
}

CAF_TEST(a heartbeat ends the silence) {
  start(5);
  created();
  advance_time(5s);
  receive({incoming::heartbeat(0)});
  advance_time(5s);
  tick();
  CAF_CHECK_EQUAL(consumers(), 1u);
}

CAF_TEST(flow control is answered at once) {
  start(5);
  created();
  receive({incoming::status(100, {}, "$JS.FC.NOTIFICATIONS.x")});
  CAF_CHECK_EQUAL(got.last<emit>().subject, "$JS.FC.NOTIFICATIONS.x");
  CAF_CHECK_EQUAL(got.last<emit>().data, "");
}

CAF_TEST(a heartbeat of a stalled consumer is answered too) {
  start(5);
  created();
  receive({incoming::heartbeat(0, {{"Nats-Consumer-Stalled", "$JS.FC.NOTIFICATIONS.y"}})});
  CAF_CHECK_EQUAL(got.last<emit>().subject, "$JS.FC.NOTIFICATIONS.y");
}

CAF_TEST(a consumer that could not be made is tried again at the next tick) {
  start(5);
  not_created(incoming::api_refusal(503, 10008, "no leader"));
  CAF_CHECK_EQUAL(consumers(), 1u);
  tick();
  CAF_CHECK_EQUAL(consumers(), 2u);
  not_created({});
  tick();
  CAF_CHECK_EQUAL(consumers(), 3u);
  not_created(incoming::message("_INBOX.api", {}, "no json"));
  tick();
  CAF_CHECK_EQUAL(consumers(), 4u);
  CAF_CHECK(!consumer->caught_up());
}

CAF_TEST(after a pause it goes on behind the last message) {
  start(5);
  created();
  receive({at(5, 1), at(9, 2)});
  consumer->pause();
  auto tag = got.last<subscribe>().tag;
  receive_tagged(tag, {at(10, 3)});
  advance_time(60s);
  tick();
  CAF_CHECK_EQUAL(consumers(), 1u);
  consumer->resume(now());
  consume_messages();
  CAF_CHECK_EQUAL(consumers(), 2u);
  CAF_CHECK_EQUAL(start_position(), "10");
  CAF_CHECK((taken == std::vector<uint64_t>{5, 9}));
}

CAF_TEST(a pause before the first message begins where it would have begun) {
  start(0, policy::last_per_subject);
  CAF_CHECK_EQUAL(text(config()["deliver_policy"]), "last_per_subject");
  consumer->pause();
  consumer->resume(now());
  consume_messages();
  CAF_CHECK_EQUAL(text(config()["deliver_policy"]), "last_per_subject");
  created(2);
  receive({at(3, 1, 1)});
  consumer->pause();
  consumer->resume(now());
  consume_messages();
  CAF_CHECK_EQUAL(text(config()["deliver_policy"]), "by_start_sequence");
  CAF_CHECK_EQUAL(start_position(), "4");
}

CAF_TEST(what began with the last of each subject goes on by sequence once it has caught up) {
  start(0, policy::last_per_subject);
  created(2);
  receive({at(3, 1, 1)});
  CAF_CHECK_EQUAL(consumers(), 1u);
  auto tag = got.last<subscribe>().tag;
  receive({at(7, 2, 0), at(8, 3, 0)}); // 8 came while the server still counted: the new consumer brings it again
  CAF_CHECK_EQUAL(consumers(), 2u);
  CAF_CHECK_EQUAL(text(config()["deliver_policy"]), "by_start_sequence");
  CAF_CHECK_EQUAL(start_position(), "8");
  CAF_CHECK(consumer->caught_up());
  CAF_CHECK_EQUAL(got.last<unsubscribe>().tag, tag);
  created(1);
  receive({at(8, 1, 0), at(9, 2, 0)});
  CAF_CHECK((taken == std::vector<uint64_t>{3, 7, 8, 9}));
  CAF_CHECK_EQUAL(consumers(), 2u);
}

CAF_TEST(an empty stream is followed by sequence from its beginning) {
  start(0, policy::last_per_subject);
  created(0);
  CAF_CHECK(consumer->caught_up());
  CAF_CHECK_EQUAL(consumers(), 2u);
  CAF_CHECK_EQUAL(start_position(), "1");
}

CAF_TEST(nothing is resumed that was not started) {
  consumer->resume(now());
  consume_messages();
  tick();
  CAF_CHECK_EQUAL(consumers(), 0u);
}

CAF_TEST(it has caught up when nothing waited or when the last that waited was taken) {
  start(1);
  CAF_CHECK(!consumer->caught_up());
  created(0);
  CAF_CHECK(consumer->caught_up());
  start(1);
  created(2);
  CAF_CHECK(!consumer->caught_up());
  receive({at(1, 1, 1)});
  CAF_CHECK(!consumer->caught_up());
  receive({at(2, 2, 0)});
  CAF_CHECK(consumer->caught_up());
  consumer->pause();
  CAF_CHECK(!consumer->caught_up());
}

CAF_TEST_FIXTURE_SCOPE_END()
