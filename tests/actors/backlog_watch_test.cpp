// SPDX-License-Identifier: MIT
#define CAF_SUITE backlog_watch

#include "actors/backlog_watch.hpp"

#include "tests/actors/fakes/models.hpp"

#include "tests/actors/fakes/fixture.hpp"

using namespace tidings;
using namespace std::chrono_literals;

namespace {

struct watch_fixture : actor_fixture {
  backlog_watch_actor watch;
  metrics_ptr counts = std::make_shared<metrics>();

  void start(uint64_t limit) {
    watch = kept(sys.spawn(backlog_watch, backlog_watch_options{fake<nats_gateway_actor>(), fake<backlog_listener>(), limit, counts}));
    connection(true);
  }

  void connection(bool up) {
    connection_change x;
    x.connected = up;
    give(watch, x);
  }

  static json consumer(const std::string& name, uint64_t pending, uint64_t delivered) {
    return {{"name", name},
            {"config", {{"durable_name", name}, {"ack_policy", "explicit"}}},
            {"num_pending", pending},
            {"num_ack_pending", 0},
            {"delivered", {{"consumer_seq", delivered}}}};
  }

  void answer(json body) {
    nats_reply x;
    x.cookie = got.last<nats_request>().cookie;
    x.message = incoming::api_answer(body);
    give(watch, x);
  }

  /// The only consumer has so much before it, and so much behind it.
  void waiting(uint64_t pending, uint64_t delivered = 0) {
    answer({{"total", 1}, {"offset", 0}, {"consumers", json::array({consumer("r", pending, delivered)})}});
  }

  void fails(errc code) {
    nats_reply x;
    x.cookie = got.last<nats_request>().cookie;
    x.error = make_error(code, "why");
    give(watch, x);
  }

  size_t looks() const { return got.count<nats_request>(); }
  backlog_report told() const { return got.last<backlog_report>(); }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(backlog_watch_tests, watch_fixture)

CAF_TEST(it asks for all consumers of the stream) {
  start(100);
  pass(250ms);
  CAF_REQUIRE_EQUAL(looks(), 1u);
  CAF_CHECK_EQUAL(got.last<nats_request>().subject, "$JS.API.CONSUMER.LIST.COMMANDS");
}

CAF_TEST(once a second far from the limit and four times a second near it) {
  start(100);
  pass(250ms);
  waiting(0);
  pass(900ms);
  CAF_CHECK_EQUAL(looks(), 1u);
  pass(350ms);
  CAF_REQUIRE_EQUAL(looks(), 2u);
  waiting(60);
  pass(250ms);
  CAF_CHECK_EQUAL(looks(), 3u);
}

CAF_TEST(it does not ask again before it has an answer) {
  start(100);
  pass(4s);
  CAF_CHECK_EQUAL(looks(), 1u);
}

CAF_TEST(beyond the limit the listener hears that it is full and for how long) {
  start(100);
  pass(250ms);
  waiting(400, 0);
  CAF_CHECK(told().full);
  CAF_CHECK_EQUAL(told().waiting, 400u);
  CAF_CHECK_EQUAL(told().retry_after, admission::longest_retry);
  CAF_MESSAGE("320 until there is room, 160 a second");
  pass(250ms);
  waiting(400, 40);
  CAF_CHECK_EQUAL(told().retry_after, 2u);
  CAF_CHECK_EQUAL(counts->waiting, 400u);
  CAF_CHECK_EQUAL(counts->settled_rate, 160.0);
  CAF_CHECK(counts->backlog_full);
  pass(250ms);
  waiting(80, 360);
  CAF_CHECK(!told().full);
  CAF_CHECK(!counts->backlog_full);
}

CAF_TEST(a list of several pages is taken whole) {
  start(10);
  pass(250ms);
  auto of_partition = [](int i, uint64_t pending) {
    auto x = consumer("p" + std::to_string(i), pending, 0);
    x["config"]["filter_subject"] = "commands." + std::to_string(i) + ".*.*";
    return x;
  };
  answer({{"total", 3}, {"offset", 0}, {"consumers", json::array({of_partition(0, 4), of_partition(1, 5)})}});
  CAF_CHECK_EQUAL(got.count<backlog_report>(), 0u);
  CAF_REQUIRE_EQUAL(looks(), 2u);
  CAF_CHECK_EQUAL(parsed(got.last<nats_request>().data).at("offset").get<int>(), 2);
  answer({{"total", 3}, {"offset", 2}, {"consumers", json::array({of_partition(2, 6)})}});
  CAF_CHECK_EQUAL(told().waiting, 15u);
  CAF_CHECK(told().full);
}

CAF_TEST(consumers that a cluster could not ask about do not stop the look) {
  start(10);
  pass(250ms);
  answer({{"total", 2}, {"offset", 0}, {"consumers", json::array({consumer("r", 3, 0)})}, {"missing", json::array({"q"})}});
  CAF_CHECK_EQUAL(told().waiting, 3u);
}

CAF_TEST(one answer that is missing changes nothing) {
  start(10);
  pass(250ms);
  waiting(400);
  CAF_REQUIRE(told().full);
  pass(250ms);
  fails(errc::handler_timeout);
  CAF_CHECK(told().full);
}

CAF_TEST(when nothing is known for long new commands are let in) {
  start(10);
  pass(250ms);
  waiting(400);
  CAF_REQUIRE(told().full);
  for (int i = 0; i < 12; ++i) {
    pass(1s);
    fails(errc::handler_timeout);
  }
  CAF_CHECK(!told().full);
  CAF_CHECK(!counts->backlog_full);
  CAF_MESSAGE("and kept out again once it is");
  pass(1250ms);
  waiting(400);
  CAF_CHECK(told().full);
}

CAF_TEST(without a connection nothing is asked and a late answer is dropped) {
  start(10);
  pass(250ms);
  connection(false);
  pass(20s);
  CAF_CHECK_EQUAL(looks(), 1u);
  waiting(400);
  CAF_CHECK_EQUAL(got.count<backlog_report>(), 0u);
  connection(true);
  pass(250ms);
  CAF_CHECK_EQUAL(looks(), 2u);
}

CAF_TEST(while nobody ever consumed what the stream keeps waits) {
  counts->stored["COMMANDS"] = {50, 1000};
  start(10);
  pass(250ms);
  answer({{"total", 0}, {"offset", 0}, {"consumers", json::array()}});
  CAF_CHECK_EQUAL(told().waiting, 50u);
  CAF_CHECK(told().full);
}

CAF_TEST_FIXTURE_SCOPE_END()
