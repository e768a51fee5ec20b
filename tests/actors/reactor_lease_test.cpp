// SPDX-License-Identifier: MIT
#define CAF_SUITE reactor_lease

#include "net/jetstream.hpp"
#include "tests/actors/fakes/reactor_consumer_fixture.hpp"

using namespace tidings;
using namespace std::chrono_literals;

CAF_TEST_FIXTURE_SCOPE(reactor_lease_tests, reactor_consumer_fixture)

CAF_TEST(a reactor consumes only while it may) {
  start();
  connection(true);
  give(reactor, streams_ready{});
  CAF_CHECK_EQUAL(got.count<nats_request>(), 0u);
  lease(true);
  CAF_CHECK_EQUAL(asked(), "$JS.API.CONSUMER.LIST.COMMANDS");
  taken_over(4, 4);
  deliver(5);
  CAF_CHECK_EQUAL(got.count<project>(), 1u);
}

CAF_TEST(who loses the lease takes nothing more but ends what is under way) {
  start();
  connection(true);
  give(reactor, streams_ready{});
  lease(true);
  taken_over(4, 4);
  deliver(5);
  auto tag = got.last<subscribe>().tag;
  lease(false);
  CAF_CHECK_EQUAL(got.last<unsubscribe>().tag, tag);
  deliver(6);
  CAF_CHECK_EQUAL(got.count<project>(), 1u);
  finish(5);
  CAF_CHECK((acks() == std::vector<std::string>{"+ACK"}));
}

CAF_TEST(a reactor that was drained consumes again when it may) {
  start_consuming();
  deliver(1);
  auto drained = drain();
  lease(true);
  CAF_MESSAGE("and draining did not come to its end");
  CAF_CHECK(!*drained);
  taken_over(9, 0);
  CAF_CHECK(told_ready());
  deliver(1, 2);
  CAF_CHECK_EQUAL(got.count<project>(), 1u);
  deliver(2);
  CAF_CHECK_EQUAL(got.count<project>(), 2u);
}

CAF_TEST(only the partition is asked for and only its former consumers are followed) {
  start();
  lease(true);
  connection(true);
  give(reactor, streams_ready{});
  auto consumer = [](const char* name, const char* filter, uint64_t floor) {
    return json{{"name", name}, {"config", {{"filter_subject", filter}}}, {"ack_floor", {{"stream_seq", floor}}}};
  };
  answer(incoming::api_answer({{"consumers", json::array({consumer("reactor-a", "commands.3.*.*", 7), consumer("reactor-b", "commands.4.*.*", 9)})}}));
  answer(incoming::api_answer({{"created", "2026-01-02T03:04:05Z"}, {"state", {{"last_seq", 20}}}}));
  CAF_CHECK_EQUAL(text(asked_config()["filter_subject"]), "commands.3.*.*");
  CAF_CHECK_EQUAL(text(asked_config()["opt_start_seq"]), "8");
  answer(incoming::api_answer(json::object()));
  CAF_CHECK_EQUAL(asked(), "$JS.API.CONSUMER.DELETE.COMMANDS.reactor-a");
}

CAF_TEST(who gets the lease back trusts what others have acknowledged meanwhile) {
  start();
  connection(true);
  give(reactor, streams_ready{});
  lease(true);
  taken_over(4, 4);
  deliver(5);
  finish(5);
  lease(false);
  lease(true);
  taken_over(30, 20);
  CAF_CHECK_EQUAL(start_of_consumer(), "21");
}

// ---- What is settled -----------------------------------------------------------------------------------------------

CAF_TEST(who had the partition before says where to begin) {
  start();
  connection(true);
  give(reactor, streams_ready{});
  settled_positions before;
  before.note(3, net::jetstream::created_ns("2026-01-02T03:04:05Z"), 12);
  give(reactor, lease_change{true, before, owner});
  taken_over(30, 7);
  CAF_CHECK_EQUAL(start_of_consumer(), "13");
}

CAF_TEST(the owner hears up to where everything is settled) {
  start_consuming(4);
  pass(600ms, 100ms);
  CAF_CHECK_EQUAL(got.last<partition_report>().settled, 4u);
  for (uint64_t s : {5, 6, 8}) deliver(s);
  finish(6);
  pass(600ms, 100ms);
  CAF_CHECK_EQUAL(got.last<partition_report>().settled, 4u);
  finish(5);
  pass(600ms, 100ms);
  CAF_CHECK_EQUAL(got.last<partition_report>().settled, 7u);
  CAF_CHECK_EQUAL(got.last<partition_report>().incarnation, net::jetstream::created_ns("2026-01-02T03:04:05Z"));
  CAF_MESSAGE("also what was settled last of all before it goes");
  auto drained = drain();
  finish(8);
  CAF_CHECK(*drained);
  CAF_CHECK_EQUAL(got.last<partition_report>().settled, 8u);
}

CAF_TEST(a stream that was made anew waits for the commands of the one before) {
  start_consuming(4);
  deliver(5);
  lose_consumer();
  auto made_anew = [this] { answer(incoming::api_answer({{"created", "2026-01-02T03:04:06Z"}, {"state", {{"last_seq", 9}}}})); };
  made_anew();
  CAF_CHECK(!told_ready());
  CAF_CHECK_EQUAL(asked(), "$JS.API.STREAM.INFO.COMMANDS");
  finish(5);
  pass(600ms, 100ms);
  taken_again(9, "2026-01-02T03:04:06Z");
  CAF_CHECK(told_ready());
  CAF_MESSAGE("and the numbers of that one mean nothing any more");
  CAF_CHECK_EQUAL(start_of_consumer(), "1");
  pass(600ms, 100ms);
  CAF_CHECK_EQUAL(got.last<partition_report>().settled, 0u);
}

CAF_TEST(deliveries may come before the word that there is a consumer) {
  start();
  lease(true);
  connection(true);
  give(reactor, streams_ready{});
  answer(incoming::api_answer({{"consumers", json::array()}}));
  answer(incoming::api_answer({{"created", "2026-01-02T03:04:05Z"}, {"state", {{"last_seq", 2}}}}));
  auto made = got.last<nats_request>();
  deliver(1);
  CAF_CHECK_EQUAL(got.count<project>(), 1u);
  nats_reply x;
  x.cookie = made.cookie;
  x.message = incoming::api_answer(json::object());
  give(reactor, x);
  CAF_CHECK(told_ready());
  deliver(2);
  CAF_CHECK_EQUAL(got.count<project>(), 2u);
  finish(1);
  pass(600ms, 100ms);
  CAF_CHECK_EQUAL(got.last<partition_report>().settled, 1u);
}

CAF_TEST_FIXTURE_SCOPE_END()
