// SPDX-License-Identifier: MIT
#define CAF_SUITE stream_keeper_trouble

#include "tests/actors/fakes/keeper_fixture.hpp"

using namespace tidings;
using namespace std::chrono_literals;

CAF_TEST_FIXTURE_SCOPE(stream_keeper_trouble_tests, keeper_fixture)

CAF_TEST(a stream that captures the bus refuses the start) {
  for (auto filter : {"commands.*", "commands.CreateLocation", "queries.>", ">", "*.*"}) {
    refusals.clear();
    server.clear();
    have_all();
    server["GREEDY"] = stream("GREEDY", json::array({"fine.subject", filter}));
    connection(false);
    connection(true);
    list();
    CAF_MESSAGE(filter);
    CAF_REQUIRE_EQUAL(refusals.size(), 1u);
    CAF_CHECK(refusals[0].find("GREEDY") != std::string::npos);
    CAF_CHECK(refusals[0].find(filter) != std::string::npos);
    CAF_CHECK(!told().ready);
    CAF_CHECK_EQUAL(got.count<streams_ready>(), 0u);
  }
}

CAF_TEST(a stream that captures the bus later makes us not ready but does not end us) {
  start_complete();
  server["GREEDY"] = stream("GREEDY", json::array({"commands.*"}));
  pass(5s, 100ms);
  list();
  CAF_CHECK(refusals.empty());
  CAF_CHECK(!told().ready);
  CAF_CHECK(says("GREEDY"));
}

CAF_TEST(streams beside the bus do not matter) {
  have_all();
  server["OTHER"] = stream("OTHER", json::array({"orders.>", "commands.a.b", "queries"}));
  server["NONE"] = json{{"config", {{"name", "NONE"}}}};
  connection(true);
  list();
  CAF_CHECK(refusals.empty());
  CAF_CHECK(told().ready);
}

CAF_TEST(a stream of ours with other subjects refuses the start) {
  have_all();
  server["NOTIFICATIONS"] = stream("NOTIFICATIONS", json::array({"notifications.>"}));
  connection(true);
  list();
  CAF_REQUIRE_EQUAL(refusals.size(), 1u);
  CAF_CHECK(refusals[0].find("stream NOTIFICATIONS has the subjects [\"notifications.>\"]") == 0);
  CAF_CHECK(creates().empty());
}

CAF_TEST(a server without JetStream is named as the trouble) {
  connection(true);
  listing_fails(errc::no_handler);
  CAF_CHECK(!told().ready);
  CAF_CHECK(says("JetStream"));
  CAF_CHECK(says("-js"));
  pass(5s, 100ms);
  CAF_CHECK_EQUAL(listings(), 2u);
}

CAF_TEST(a look that fails creates nothing and is repeated) {
  connection(true);
  listing_fails(errc::handler_timeout);
  CAF_CHECK(creates().empty());
  CAF_CHECK(!told().ready);
  have_all();
  pass(5s, 100ms);
  list();
  CAF_CHECK(told().ready);
}

CAF_TEST(a stream that cannot be created is reported with the reason and tried again) {
  have_all();
  server.erase("COMMANDS");
  connection(true);
  list();
  auto asked = got.last<nats_request>();
  give(keeper, reply(asked, incoming::api_refusal(500, 10047, "insufficient storage resources")));
  CAF_CHECK(!told().ready);
  CAF_CHECK(says("insufficient storage resources"));
  got.clear();
  pass(5s, 100ms);
  list();
  CAF_CHECK(creates().contains("COMMANDS"));
}

CAF_TEST_FIXTURE_SCOPE_END()
