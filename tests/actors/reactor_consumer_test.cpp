// SPDX-License-Identifier: MIT
#define CAF_SUITE reactor_consumer

#include "net/jetstream.hpp"
#include "tests/actors/fakes/reactor_fixture.hpp"

using namespace tidings;
using namespace std::chrono_literals;
using result = projected::result;

namespace {

struct consumer_fixture : reactor_fixture {
  /// Becomes true when the reactor says that nothing is in flight any more.
  std::shared_ptr<bool> drain() {
    auto done = std::make_shared<bool>(false);
    kept(sys.spawn([this, done](caf::event_based_actor* me) {
      me->request(reactor, caf::infinite, drain_atom::value).then([done](bool settled) { *done = settled; });
    }));
    consume_messages();
    return done;
  }

  void finish(uint64_t sequence) {
    project_ends(sequence, result::written);
    stored_publish(sequence);
  }

  bool told_ready() const { return got.last<partition_report>().consuming; }

  /// The server says that our consumer is gone.
  void lose_consumer() {
    pass(7s, 100ms);
    CAF_REQUIRE(asked().starts_with("$JS.API.CONSUMER.INFO.COMMANDS."));
    answer(incoming::api_refusal(404, 10014, "consumer not found"));
    pass(600ms, 100ms);
    CAF_REQUIRE_EQUAL(asked(), "$JS.API.STREAM.INFO.COMMANDS");
  }

  std::string start_of_consumer() {
    for (auto& x : got.all<nats_request>())
      if (x.subject.starts_with("$JS.API.CONSUMER.DURABLE.CREATE"))
        last_start_ = text(parsed(x.data)["config"]["opt_start_seq"]);
    return last_start_;
  }

private:
  std::string last_start_;
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(reactor_consumer_tests, consumer_fixture)

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

// ---- The lease -----------------------------------------------------------------------------------------------------

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
