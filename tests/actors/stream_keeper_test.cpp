// SPDX-License-Identifier: MIT
#define CAF_SUITE stream_keeper

#include "tests/actors/fakes/keeper_fixture.hpp"

using namespace tidings;
using namespace std::chrono_literals;

CAF_TEST_FIXTURE_SCOPE(stream_keeper_tests, keeper_fixture)

CAF_TEST(the first look creates what is missing and then looks again) {
  connection(true);
  list();
  auto made = creates();
  CAF_CHECK(made.contains("COMMANDS") && made.contains("NOTIFICATIONS") && made.contains("DEAD_LETTERS"));
  CAF_CHECK(made.contains("KV_notes") && made.contains("KV_places"));
  CAF_CHECK(!told().ready);
  CAF_CHECK_EQUAL(got.count<streams_ready>(), 0u);
  create_all();
  list();
  CAF_CHECK(told().ready);
  CAF_CHECK_EQUAL(got.count<streams_ready>(), 1u);
}

CAF_TEST(only what is missing is created) {
  have_all();
  server.erase("DEAD_LETTERS");
  connection(true);
  list();
  CAF_CHECK_EQUAL(creates().size(), 1u);
  CAF_CHECK(creates().contains("DEAD_LETTERS"));
}

CAF_TEST(the streams are as the design says) {
  connection(true);
  list();
  auto made = creates();
  CAF_CHECK_EQUAL(dump(made["COMMANDS"]["subjects"]), R"(["commands.*.*.*"])");
  CAF_CHECK_EQUAL(text(made["COMMANDS"]["duplicate_window"]), "120000000000");
  CAF_CHECK_EQUAL(dump(made["NOTIFICATIONS"]["subjects"]), R"(["notifications.*.*"])");
  CAF_CHECK_EQUAL(text(made["NOTIFICATIONS"]["max_age"]), "86400000000000");
  CAF_CHECK_EQUAL(text(made["NOTIFICATIONS"]["allow_direct"]), "true");
  CAF_CHECK_EQUAL(dump(made["DEAD_LETTERS"]["subjects"]), R"(["dead.*.*"])");
  CAF_CHECK_EQUAL(text(made["DEAD_LETTERS"]["retention"]), "limits");
  CAF_CHECK_EQUAL(dump(made["KV_notes"]["subjects"]), R"(["$KV.notes.>"])");
  CAF_CHECK_EQUAL(text(made["KV_notes"]["max_msgs_per_subject"]), "1");
  for (auto& [name, config] : made)
    CAF_CHECK_EQUAL(text(config["storage"]), "file");
}

CAF_TEST(every stream and bucket is kept on as many servers as asked) {
  for (uint32_t replicas : {1u, 3u, 5u})
    for (auto& wanted : wanted_streams(*models, replicas))
      CAF_CHECK_EQUAL(wanted.config["num_replicas"].get<uint32_t>(), replicas);
  CAF_MESSAGE("one, when nobody asks");
  for (auto& wanted : wanted_streams(*models))
    CAF_CHECK_EQUAL(wanted.config["num_replicas"].get<uint32_t>(), 1u);
}

CAF_TEST(complete streams are reported with where consumers start) {
  start_complete();
  CAF_CHECK(creates().empty());
  CAF_CHECK(told().ready);
  CAF_REQUIRE_EQUAL(got.count<streams_ready>(), 1u);
  CAF_CHECK_EQUAL(got.last<streams_ready>().commands_last_sequence, 12u);
  CAF_CHECK_EQUAL(got.last<streams_ready>().notifications_last_sequence, 34u);
  CAF_MESSAGE("once, not at every look");
  pass(5s, 100ms);
  list();
  CAF_CHECK_EQUAL(got.count<streams_ready>(), 1u);
}

CAF_TEST(a stream that goes away later is not made again) {
  start_complete();
  server.erase("NOTIFICATIONS");
  pass(5s, 100ms);
  list();
  CAF_CHECK(!told().ready);
  CAF_CHECK(says("NOTIFICATIONS is gone"));
  CAF_CHECK(creates().empty());
  CAF_CHECK(refusals.empty());
  CAF_MESSAGE("not after a reconnect either");
  connection(false);
  connection(true);
  list();
  CAF_CHECK(creates().empty());
  CAF_CHECK(!told().ready);
}

CAF_TEST(a stream that comes back makes everything ready again and is reported again) {
  start_complete();
  auto lost = server.extract("NOTIFICATIONS");
  pass(5s, 100ms);
  list();
  CAF_CHECK(!told().ready);
  server.insert(std::move(lost));
  pass(5s, 100ms);
  list();
  CAF_CHECK(told().ready);
  CAF_CHECK_EQUAL(got.count<streams_ready>(), 2u);
}

CAF_TEST(an advisory makes the keeper look at once) {
  start_complete();
  CAF_CHECK_EQUAL(got.last<subscribe>().subject, "$JS.EVENT.ADVISORY.STREAM.*.*");
  auto before = listings();
  give(keeper, nats_batch{});
  CAF_CHECK_EQUAL(listings(), before + 1);
}

CAF_TEST(the streams are judged only when all pages were read) {
  have_all();
  auto page = [&](size_t from, size_t to) {
    auto streams = json::array();
    size_t i = 0;
    for (auto& [name, info] : server)
      if (i++; i > from && i <= to) streams.push_back(info);
    auto body = json{{"total", server.size()}, {"streams", streams}};
    give(keeper, reply(got.last<nats_request>(), incoming::api_answer(body)));
  };
  connection(true);
  page(0, 4);
  CAF_CHECK(!told().ready);
  CAF_CHECK(creates().empty());
  CAF_CHECK_EQUAL(text(parsed(got.last<nats_request>().data)["offset"]), "4");
  page(4, server.size());
  CAF_CHECK(told().ready);
}

CAF_TEST(without a connection nothing is ready and nothing is asked) {
  start_complete();
  connection(false);
  CAF_CHECK(!told().ready);
  auto before = listings();
  pass(20s, 100ms);
  CAF_CHECK_EQUAL(listings(), before);
  connection(true);
  CAF_CHECK_EQUAL(listings(), before + 1);
}

CAF_TEST(an answer that comes after a reconnect creates nothing twice) {
  connection(true);
  list();
  auto asked = creates().size();
  auto late = got.last<nats_request>();
  connection(false);
  connection(true);
  give(keeper, reply(late, incoming::api_answer(json::object())));
  CAF_CHECK_EQUAL(creates().size(), asked);
  CAF_CHECK_EQUAL(listings(), 2u);
}

CAF_TEST_FIXTURE_SCOPE_END()
