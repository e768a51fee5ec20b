// SPDX-License-Identifier: MIT
#define CAF_SUITE reactor_consumer

#include "tests/actors/fakes/reactor_consumer_fixture.hpp"

using namespace tidings;
using namespace std::chrono_literals;

CAF_TEST_FIXTURE_SCOPE(reactor_consumer_tests, reactor_consumer_fixture)

CAF_TEST(consuming begins when connection and streams and lease are there) {
  start();
  CAF_CHECK_EQUAL(got.count<nats_request>(), 0u);
  connection(true);
  CAF_CHECK_EQUAL(got.count<nats_request>(), 0u);
  give(reactor, streams_ready{});
  CAF_CHECK_EQUAL(got.count<nats_request>(), 0u);
  lease(true);
  CAF_CHECK_EQUAL(asked(), "$JS.API.CONSUMER.LIST.COMMANDS");
  CAF_CHECK(!told_ready());
  taken_over(0);
  CAF_CHECK(told_ready());
}

CAF_TEST(what the stream held at the start may have been told before) {
  start();
  lease(true);
  connection(true);
  give(reactor, streams_ready{});
  taken_over(10, 7);
  deliver(8);
  CAF_CHECK(got.last<project>().seen_before);
  deliver(10);
  CAF_CHECK(got.last<project>().seen_before);
  deliver(11);
  CAF_CHECK(!got.last<project>().seen_before);
}

CAF_TEST(deliveries of an older consumer are ignored) {
  start_consuming();
  nats_batch old;
  old.tag = got.last<subscribe>().tag - 1;
  incoming::place at;
  old.messages.push_back(incoming::delivery("COMMANDS", at, "commands.3.PutNote.cmd-1", envelope(1),
                                            {{command_headers::owner, "public"}}));
  give(reactor, old);
  CAF_CHECK_EQUAL(got.count<project>(), 0u);
}

CAF_TEST(silence makes the reactor ask whether its consumer still exists) {
  start_consuming();
  auto before = got.count<nats_request>();
  pass(6s, 100ms);
  CAF_CHECK_EQUAL(got.count<nats_request>(), before);
  pass(1s, 100ms);
  CAF_CHECK(asked().starts_with("$JS.API.CONSUMER.INFO.COMMANDS."));
  answer(incoming::api_answer(json::object()));
  CAF_CHECK(told_ready());
}

CAF_TEST(heartbeats end the silence) {
  start_consuming();
  auto before = got.count<nats_request>();
  for (int i = 0; i < 5; ++i) {
    pass(4s, 100ms);
    nats_batch x;
    x.tag = got.last<subscribe>().tag;
    x.messages.push_back(incoming::heartbeat(0));
    give(reactor, x);
  }
  CAF_CHECK_EQUAL(got.count<nats_request>(), before);
}

CAF_TEST(a consumer that is gone is made again behind what is settled) {
  start_consuming();
  for (uint64_t s : {1, 2, 3})
    deliver(s);
  finish(1);
  finish(3);
  lose_consumer();
  CAF_CHECK(!told_ready());
  taken_again(9);
  CAF_MESSAGE("sequence 2 is still open, so it and all behind it come again");
  CAF_CHECK_EQUAL(start_of_consumer(), "2");
  CAF_CHECK(told_ready());
  deliver(2);
  CAF_CHECK_EQUAL(got.count<project>(), 3u);
  deliver(3);
  CAF_CHECK_EQUAL(got.count<project>(), 4u);
  CAF_CHECK(got.last<project>().seen_before);
}

CAF_TEST(what was never delivered is never skipped) {
  start_consuming();
  deliver(1);
  finish(1);
  lose_consumer();
  taken_again(9);
  CAF_CHECK_EQUAL(start_of_consumer(), "2");
}

CAF_TEST(what was lost on the way is not overtaken) {
  start_consuming();
  deliver(1);
  finish(1);
  deliver(2);
  lose_delivery();
  deliver(4);
  CAF_CHECK_EQUAL(got.count<project>(), 2u);
  CAF_MESSAGE("another consumer is made behind what is settled");
  CAF_CHECK_EQUAL(asked(), "$JS.API.STREAM.INFO.COMMANDS");
  taken_again(9);
  CAF_CHECK_EQUAL(start_of_consumer(), "2");
  CAF_CHECK(told_ready());
  deliver(2);
  deliver(3);
  CAF_CHECK_EQUAL(got.count<project>(), 3u);
  CAF_CHECK(got.last<project>().seen_before);
}

CAF_TEST(a loss behind which nothing comes is told by a heartbeat) {
  start_consuming();
  deliver(1);
  finish(1);
  heartbeat();
  CAF_CHECK(told_ready());
  lose_delivery();
  heartbeat();
  CAF_CHECK_EQUAL(asked(), "$JS.API.STREAM.INFO.COMMANDS");
  taken_again(2);
  CAF_CHECK_EQUAL(start_of_consumer(), "2");
}

CAF_TEST(a server that forgot deliveries is not followed further) {
  start_consuming();
  deliver(1);
  deliver(2);
  count_deliveries_from(0);
  deliver(2, 2);
  CAF_CHECK_EQUAL(asked(), "$JS.API.STREAM.INFO.COMMANDS");
}

CAF_TEST(a reconnect asks for the consumer and keeps it) {
  start_consuming();
  connection(false);
  CAF_CHECK(!told_ready());
  connection(true);
  CAF_CHECK(asked().starts_with("$JS.API.CONSUMER.INFO.COMMANDS."));
  answer(incoming::api_answer(json::object()));
  CAF_CHECK(told_ready());
  deliver(1);
  CAF_CHECK_EQUAL(got.count<project>(), 1u);
}

CAF_TEST(taking over that fails is tried again) {
  start();
  lease(true);
  connection(true);
  give(reactor, streams_ready{});
  answer(incoming::api_refusal(503, 10008, "no leader"));
  CAF_CHECK(!told_ready());
  auto before = got.count<nats_request>();
  pass(600ms, 100ms);
  CAF_CHECK_EQUAL(got.count<nats_request>(), before + 1);
  taken_over(0);
  CAF_CHECK(told_ready());
}

// ---- Draining ------------------------------------------------------------------------------------------------------

CAF_TEST(an idle reactor drains at once) {
  start_consuming();
  CAF_CHECK(*drain());
}

CAF_TEST(draining waits for what is in flight and takes nothing new) {
  start_consuming();
  deliver(1);
  deliver(2);
  auto tag = got.last<subscribe>().tag;
  auto drained = drain();
  CAF_CHECK_EQUAL(got.last<unsubscribe>().tag, tag);
  deliver(3);
  CAF_CHECK_EQUAL(got.count<project>(), 2u);
  finish(1);
  CAF_CHECK(!*drained);
  finish(2);
  CAF_CHECK(*drained);
}

CAF_TEST(a draining reactor does not take over again) {
  start_consuming();
  deliver(1);
  drain();
  auto before = got.count<nats_request>();
  connection(false);
  connection(true);
  pass(10s, 100ms);
  CAF_CHECK_EQUAL(got.count<nats_request>(), before);
}

CAF_TEST_FIXTURE_SCOPE_END()
