// SPDX-License-Identifier: MIT
#define CAF_SUITE stream_keeper_cluster

#include "tests/actors/fakes/keeper_fixture.hpp"

using namespace tidings;
using namespace std::chrono_literals;

namespace {

struct cluster_fixture : keeper_fixture {
  void have_all_on(uint32_t replicas) {
    have_all();
    for (auto& [name, info] : server)
      info["config"]["num_replicas"] = replicas;
  }

  /// Answers the listing as a cluster in which nobody answers for `silent`.
  void list_without(const std::vector<std::string>& silent) {
    auto streams = json::array();
    for (auto& [name, info] : server)
      if (std::ranges::find(silent, name) == silent.end()) streams.push_back(info);
    auto body = json{{"total", server.size()}, {"streams", streams}, {"missing", silent}};
    give(keeper, reply(got.last<nats_request>(), incoming::api_answer(body)));
  }

  /// The server refuses everything that is asked for in this look.
  void refuse_creation(int err_code, const std::string& why) {
    std::vector<nats_request> asked;
    for (auto& x : got.all<nats_request>())
      if (x.subject.starts_with("$JS.API.STREAM.CREATE.")) asked.push_back(x);
    auto wanted = wanted_streams(*models).size();
    CAF_REQUIRE(asked.size() >= wanted);
    for (auto i = asked.size() - wanted; i < asked.size(); ++i) give(keeper, reply(asked[i], incoming::api_refusal(500, err_code, why)));
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(stream_keeper_cluster_tests, cluster_fixture)

CAF_TEST(streams are created with the replicas that were asked for) {
  start(3);
  connection(true);
  list();
  CAF_CHECK_EQUAL(creates().size(), wanted_streams(*models).size());
  for (auto& [name, config] : creates())
    CAF_CHECK_EQUAL(text(config["num_replicas"]), "3");
}

CAF_TEST(fewer replicas than asked for refuse the start) {
  start(3);
  have_all_on(3);
  server["COMMANDS"]["config"]["num_replicas"] = 1;
  connection(true);
  list();
  CAF_REQUIRE_EQUAL(refusals.size(), 1u);
  CAF_CHECK(refusals[0].find("stream COMMANDS has 1 replica, expected 3") == 0);
  CAF_CHECK(!told().ready);
}

CAF_TEST(more replicas than asked for are as good) {
  have_all_on(3);
  connection(true);
  list();
  CAF_CHECK(refusals.empty());
  CAF_CHECK(told().ready);
}

CAF_TEST(a stream whose servers do not answer is neither made again nor called gone) {
  start(3);
  have_all_on(3);
  connection(true);
  list_without({"COMMANDS"});
  CAF_CHECK(creates().empty());
  CAF_CHECK(says("the servers that keep stream COMMANDS do not answer"));
  CAF_CHECK_EQUAL(listings(), 1u);
  pass(5s, 100ms);
  list();
  CAF_CHECK(told().ready);
  CAF_CHECK_EQUAL(got.count<streams_ready>(), 1u);
}

CAF_TEST(streams that answer again later are reported again) {
  start(3);
  have_all_on(3);
  connection(true);
  list();
  pass(5s, 100ms);
  list_without({"COMMANDS", "NOTIFICATIONS"});
  CAF_CHECK(!told().ready);
  pass(5s, 100ms);
  list();
  CAF_CHECK(told().ready);
  CAF_CHECK_EQUAL(got.count<streams_ready>(), 2u);
}

CAF_TEST(a server that is alone cannot replicate and refuses the start) {
  start(3);
  connection(true);
  list();
  refuse_creation(10074, "replicas > 1 not supported in non-clustered mode");
  CAF_REQUIRE_EQUAL(refusals.size(), 1u);
  CAF_CHECK(refusals[0].find("--durability replicated needs a NATS cluster of three servers") == 0);
}

CAF_TEST(a cluster that stays too small refuses the start but one that is starting does not) {
  start(3);
  connection(true);
  for (int look = 1; look <= 6; ++look) {
    list();
    CAF_CHECK(refusals.empty());
    refuse_creation(10005, "no suitable peers for placement");
    CAF_CHECK(says("needs a NATS cluster of three servers"));
    if (look < 6) pass(5s, 100ms);
  }
  CAF_CHECK_EQUAL(refusals.size(), 1u);
}

CAF_TEST(the promise is told once everything is there) {
  start(3);
  CAF_CHECK_EQUAL(counts->durability, "");
  have_all_on(3);
  connection(true);
  list();
  CAF_CHECK_EQUAL(counts->durability, "replicated");
}

CAF_TEST_FIXTURE_SCOPE_END()
