// SPDX-License-Identifier: MIT
#define CAF_SUITE stream_keeper

#include "actors/stream_keeper.hpp"

#include "tests/actors/fakes/models.hpp"

#include "tests/actors/fakes/fixture.hpp"

using namespace tidings;
using namespace std::chrono_literals;

namespace {

json stream(const std::string& name, json subjects, uint64_t last = 0) {
  return {{"config", {{"name", name}, {"subjects", std::move(subjects)}}}, {"state", {{"last_seq", last}}}};
}

struct keeper_fixture : actor_fixture {
  catalog_ptr models = sample_catalog();
  nats_gateway_actor gateway = fake<nats_gateway_actor>();
  readiness_actor ready = fake<readiness_actor>();
  std::vector<std::string> refusals;
  stream_keeper_actor keeper;
  /// The streams of the server, by name.
  std::map<std::string, json> server;

  keeper_fixture() {
    stream_keeper_options options;
    options.streams = wanted_streams(*models);
    options.listeners = {fake<streams_listener>()};
    options.refuse = [this](const std::string& why) { refusals.push_back(why); };
    keeper = kept(sys.spawn(stream_keeper, gateway, ready, std::move(options)));
    consume_messages();
  }

  void connection(bool up) {
    connection_change x;
    x.connected = up;
    give(keeper, x);
  }

  void have_all() {
    for (auto& wanted : wanted_streams(*models))
      server[wanted.name] = stream(wanted.name, wanted.config["subjects"], wanted.name == "COMMANDS" ? 12 : 34);
  }

  nats_reply reply(const nats_request& to, net::nats_message message) const {
    nats_reply x;
    x.cookie = to.cookie;
    x.message = std::move(message);
    return x;
  }

  /// Answers the listing that is open.
  void list() {
    auto streams = json::array();
    for (auto& [name, info] : server)
      streams.push_back(info);
    auto body = json{{"total", streams.size()}, {"streams", streams}};
    CAF_REQUIRE_EQUAL(got.last<nats_request>().subject, "$JS.API.STREAM.LIST");
    give(keeper, reply(got.last<nats_request>(), incoming::api_answer(body)));
  }

  void listing_fails(errc code) {
    nats_reply x = reply(got.last<nats_request>(), {});
    x.error = make_error(code, "silence");
    give(keeper, x);
  }

  /// The streams that were asked to be created, with their configurations.
  std::map<std::string, json> creates() const {
    std::map<std::string, json> result;
    const std::string prefix = "$JS.API.STREAM.CREATE.";
    for (auto& x : got.all<nats_request>())
      if (x.subject.starts_with(prefix)) result[x.subject.substr(prefix.size())] = parsed(x.data);
    return result;
  }

  /// The server makes everything that was asked for.
  void create_all() {
    std::vector<nats_request> asked;
    for (auto& x : got.all<nats_request>())
      if (x.subject.starts_with("$JS.API.STREAM.CREATE.")) asked.push_back(x);
    for (auto& [name, config] : creates())
      server[name] = stream(name, config["subjects"]);
    for (auto& x : asked)
      give(keeper, reply(x, incoming::api_answer(json::object())));
  }

  void start_complete() {
    have_all();
    connection(true);
    list();
  }

  size_t listings() const {
    return static_cast<size_t>(
        std::ranges::count(got.all<nats_request>(), "$JS.API.STREAM.LIST", &nats_request::subject));
  }

  component_state told() const { return got.last<component_state>(); }
  bool says(std::string_view part) const { return told().detail.find(part) != std::string::npos; }
};

} // namespace

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
