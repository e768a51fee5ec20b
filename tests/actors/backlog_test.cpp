// SPDX-License-Identifier: MIT
#define CAF_SUITE backlog

#include "actors/backlog.hpp"

#include <caf/test/dsl.hpp>

using namespace tidings;
using namespace std::chrono_literals;

namespace {

struct backlog_fixture {
  backlog what;
  clock_time now{1h};

  static json consumer(const std::string& name, const std::string& filter, uint64_t pending, uint64_t unacknowledged, uint64_t delivered) {
    json config = {{"durable_name", name}, {"ack_policy", "explicit"}};
    if (!filter.empty()) config["filter_subject"] = filter;
    return {{"name", name},
            {"config", std::move(config)},
            {"num_pending", pending},
            {"num_ack_pending", unacknowledged},
            {"delivered", {{"consumer_seq", delivered}, {"stream_seq", delivered}}}};
  }

  uint64_t waiting(json consumers, uint64_t stored = 0) {
    what.look(consumers, stored, now);
    return what.waiting();
  }

  double rate_after(std::chrono::milliseconds time, json consumers) {
    now += time;
    what.look(consumers, 0, now);
    return what.rate().value_or(-1);
  }
};

json list(std::initializer_list<json> consumers) {
  auto result = json::array();
  for (auto& x : consumers) result.push_back(x);
  return result;
}

} // namespace

CAF_TEST_FIXTURE_SCOPE(backlog_tests, backlog_fixture)

CAF_TEST(what is not delivered and what is not acknowledged waits) {
  CAF_CHECK_EQUAL(waiting(list({consumer("any", "", 40, 2, 10)})), 42u);
}

CAF_TEST(partitions add up whatever their consumers are called) {
  CAF_CHECK_EQUAL(waiting(list({consumer("a", "commands.0.*.*", 1, 2, 9), consumer("b", "commands.15.*.*", 30, 0, 9)})), 33u);
}

CAF_TEST(a consumer that ended while the server made its list is none) {
  CAF_CHECK_EQUAL(waiting(list({nullptr, consumer("a", "commands.0.*.*", 1, 2, 9)})), 3u);
}

CAF_TEST(of two consumers for the same the further one counts) {
  CAF_CHECK_EQUAL(waiting(list({consumer("old", "", 500, 0, 10), consumer("new", "", 3, 1, 10)})), 4u);
  CAF_CHECK_EQUAL(waiting(list({consumer("old", "commands.3.*.*", 7, 0, 1), consumer("new", "commands.3.*.*", 9, 0, 1)})), 7u);
}

CAF_TEST(a consumer of the whole stream does not count beside those of partitions) {
  CAF_CHECK_EQUAL(waiting(list({consumer("left over", "commands.*.*.*", 9000, 0, 0), consumer("p", "commands.1.*.*", 5, 0, 0)})), 5u);
}

CAF_TEST(consumers of others do not count) {
  auto ephemeral = consumer("", "", 1000, 0, 0);
  ephemeral["config"].erase("durable_name");
  auto copy = consumer("copy", "", 1000, 0, 0);
  copy["config"]["ack_policy"] = "none";
  auto one_type = consumer("mail", "commands.*.Mail.*", 1000, 0, 0);
  auto odd = consumer("odd", "commands.x1.*.*", 1000, 0, 0);
  CAF_CHECK_EQUAL(waiting(list({ephemeral, copy, one_type, odd, consumer("r", "", 2, 0, 0)})), 2u);
}

CAF_TEST(before anybody ever consumed everything that is stored waits) {
  CAF_CHECK_EQUAL(waiting(json::array(), 70), 70u);
}

CAF_TEST(when the consumers are gone what comes adds to what waited) {
  CAF_CHECK_EQUAL(waiting(list({consumer("r", "", 3, 2, 900)}), 1000), 5u);
  CAF_CHECK_EQUAL(waiting(json::array(), 1010), 15u);
  CAF_CHECK_EQUAL(waiting(json::array(), 1020), 25u);
  CAF_MESSAGE("a stream that was purged");
  CAF_CHECK_EQUAL(waiting(json::array(), 0), 5u);
  CAF_CHECK_EQUAL(waiting(list({consumer("r2", "", 1, 0, 0)}), 1020), 1u);
}

CAF_TEST(the rate is what all consumers settled together) {
  CAF_CHECK(!what.rate());
  waiting(list({consumer("a", "commands.0.*.*", 0, 5, 105), consumer("b", "commands.1.*.*", 0, 0, 50)}));
  CAF_CHECK(!what.rate());
  CAF_CHECK_EQUAL(rate_after(2s, list({consumer("a", "commands.0.*.*", 0, 5, 305), consumer("b", "commands.1.*.*", 0, 0, 150)})), 150.0);
}

CAF_TEST(the rate follows smoothly) {
  waiting(list({consumer("a", "", 0, 0, 0)}));
  CAF_CHECK_EQUAL(rate_after(1s, list({consumer("a", "", 0, 0, 100)})), 100.0);
  CAF_CHECK_EQUAL(rate_after(1s, list({consumer("a", "", 0, 0, 100)})), 70.0);
}

CAF_TEST(a consumer that is new or counts anew says nothing about the rate) {
  waiting(list({consumer("a", "", 0, 0, 1000)}));
  CAF_CHECK_EQUAL(rate_after(1s, list({consumer("b", "", 0, 0, 5000)})), 0.0);
  CAF_CHECK_EQUAL(rate_after(1s, list({consumer("b", "", 0, 0, 10)})), 0.0);
}

CAF_TEST(what is delivered and not acknowledged is not settled) {
  waiting(list({consumer("a", "", 0, 0, 0)}));
  CAF_CHECK_EQUAL(rate_after(1s, list({consumer("a", "", 0, 1024, 1024)})), 0.0);
}

CAF_TEST(fields that are missing do no harm) {
  CAF_CHECK_EQUAL(waiting(list({json::object(), json{{"config", {{"durable_name", "x"}, {"ack_policy", "explicit"}}}}})), 0u);
}

CAF_TEST_FIXTURE_SCOPE_END()
