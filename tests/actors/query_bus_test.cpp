// SPDX-License-Identifier: MIT
#define CAF_SUITE query_bus

#include "actors/query_bus.hpp"

#include "tests/actors/fakes/models.hpp"

#include "tests/actors/fakes/fixture.hpp"

using namespace tidings;

namespace {

struct query_fixture : actor_fixture {
  catalog_ptr models = sample_catalog();
  std::pair<read_model_actor, fake_script_ptr> places_model = lone_fake<read_model_actor>();
  std::pair<read_model_actor, fake_script_ptr> notes_model = lone_fake<read_model_actor>();
  query_listener listener = fake<query_listener>();
  query_bus_actor bus;

  query_fixture() { start({}); }

  void start(request_forwarder_actor forwarder) {
    std::map<std::string, read_model_actor> read_models{{"places", places_model.first}, {"notes", notes_model.first}};
    bus = kept(sys.spawn(query_bus, models, std::move(read_models), std::move(forwarder)));
  }

  void ask(const std::string& type, json payload) {
    ask_query x;
    x.query_type = type;
    x.query_id = "qry-1";
    x.payload = std::move(payload);
    x.listener = listener;
    x.cookie = 6;
    give(bus, x);
  }

  failure refusal(errc code) const {
    CAF_REQUIRE_EQUAL(got.count<query_answer>(), 1u);
    auto answer = got.last<query_answer>();
    CAF_CHECK_EQUAL(to_string(code_of(answer.error)), to_string(code));
    CAF_CHECK_EQUAL(answer.cookie, 6u);
    CAF_CHECK_EQUAL(answer.query_id, "qry-1");
    CAF_CHECK_EQUAL(places_model.second->received.count<ask_query>(), 0u);
    CAF_CHECK_EQUAL(notes_model.second->received.count<ask_query>(), 0u);
    return failure_of(answer.error);
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(query_bus_tests, query_fixture)

CAF_TEST(a query goes to the read model of its bucket) {
  ask("GetNote", {{"id", "n1"}});
  CAF_CHECK_EQUAL(places_model.second->received.count<ask_query>(), 0u);
  CAF_REQUIRE_EQUAL(notes_model.second->received.count<ask_query>(), 1u);
  auto asked = notes_model.second->received.last<ask_query>();
  CAF_CHECK_EQUAL(asked.cookie, 6u);
  CAF_CHECK(asked.listener == listener);
  CAF_CHECK_EQUAL(text(asked.payload["id"]), "n1");
  CAF_REQUIRE(asked.entry.spec != nullptr);
  CAF_CHECK(asked.entry.spec->effect == query_effect::get);
  CAF_CHECK_EQUAL(asked.entry.model->bucket.str(), "notes");
  ask("ListPlaces", json::object());
  CAF_CHECK_EQUAL(places_model.second->received.count<ask_query>(), 1u);
}

CAF_TEST(a query type that no model declares has no handler) {
  ask("GetUser", json::object());
  CAF_CHECK_EQUAL(refusal(errc::no_handler).detail, "No handler available for queries.GetUser");
}

CAF_TEST(a query type that no model declares goes to the forwarder if there is one) {
  auto [forwarder, script] = lone_fake<request_forwarder_actor>();
  start(forwarder);
  ask("GetUser", {{"id", "u1"}});
  CAF_REQUIRE_EQUAL(script->received.count<ask_query>(), 1u);
  CAF_CHECK_EQUAL(script->received.last<ask_query>().query_type, "GetUser");
  CAF_CHECK_EQUAL(text(script->received.last<ask_query>().payload["id"]), "u1");
  ask("GetNote", {{"id", "n1"}});
  CAF_CHECK_EQUAL(script->received.count<ask_query>(), 1u);
}

CAF_TEST(whoever wants to know of changes is passed on to the bucket) {
  watch_changes x;
  x.bucket = "notes";
  x.revision = 4;
  give(bus, x);
  CAF_CHECK_EQUAL(notes_model.second->received.last<watch_changes>().revision, 4u);
  x.bucket = "nowhere";
  give(bus, x);
  CAF_CHECK_EQUAL(notes_model.second->received.count<watch_changes>(), 1u);
  CAF_CHECK_EQUAL(places_model.second->received.count<watch_changes>(), 0u);
}

CAF_TEST(a command type is no query type) {
  ask("WriteNote", json::object());
  refusal(errc::no_handler);
}

CAF_TEST(a payload that is no object is refused) {
  ask("GetNote", json("n1"));
  auto why = refusal(errc::schema_violation);
  CAF_REQUIRE_EQUAL(why.errors.size(), 1u);
  CAF_CHECK_EQUAL(why.errors[0].pointer, "");
}

CAF_TEST_FIXTURE_SCOPE_END()
