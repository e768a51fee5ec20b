// SPDX-License-Identifier: MIT
#define CAF_SUITE read_model

#include "tests/actors/fakes/read_model_fixture.hpp"

using namespace tidings;
using namespace std::chrono_literals;

CAF_TEST_FIXTURE_SCOPE(read_model_tests, read_model_fixture)

// ---- Loading -------------------------------------------------------------------------------------------------------

CAF_TEST(the watch begins with the last entry of each key) {
  CAF_CHECK_EQUAL(got.last<nats_request>().subject, "$JS.API.CONSUMER.CREATE.KV_places");
  CAF_CHECK_EQUAL(text(parsed(got.last<nats_request>().data)["config"]["deliver_policy"]), "last_per_subject");
}

CAF_TEST(queries are refused until the bucket is loaded) {
  watch_created(2);
  watched(3, "p1", R"({"id":"p1"})", 1);
  CAF_CHECK(code_of(get("p1").error) == errc::unavailable);
  watched(4, "p2", R"({"id":"p2"})", 0);
  CAF_CHECK(!get("p1").error);
}

CAF_TEST(lookups wait until the bucket is loaded) {
  watch_created(2);
  look("p2");
  watched(3, "p1", R"({"id":"p1"})", 1);
  CAF_CHECK_EQUAL(got.count<looked_up>(), 0u);
  watched(4, "p2", R"({"id":"p2"})", 0);
  CAF_REQUIRE_EQUAL(got.count<looked_up>(), 1u);
  CAF_CHECK_EQUAL(got.last<looked_up>().cookie, 9u);
  CAF_REQUIRE(got.last<looked_up>().entry != nullptr);
  CAF_CHECK_EQUAL(got.last<looked_up>().entry->revision, 4u);
}

CAF_TEST(an empty bucket is loaded at once) {
  look("p1");
  CAF_CHECK_EQUAL(got.count<looked_up>(), 0u);
  watch_created(0);
  CAF_REQUIRE_EQUAL(got.count<looked_up>(), 1u);
  CAF_CHECK(got.last<looked_up>().entry == nullptr);
}

CAF_TEST(readiness is told when the bucket is loaded and a pause does not take it back) {
  CAF_CHECK_EQUAL(got.last<component_state>().name, "read model places");
  CAF_CHECK(!got.last<component_state>().ready);
  watch_created(0);
  CAF_CHECK(got.last<component_state>().ready);
  connection(false);
  CAF_CHECK(got.last<component_state>().ready);
  CAF_CHECK(code_of(get("p1").error) == errc::not_found);
}

CAF_TEST(after a reconnect the watch goes on behind the last entry) {
  watch_created(1);
  watched(7, "p1", R"({"id":"p1"})");
  connection(false);
  connection(true);
  auto config = parsed(got.last<nats_request>().data)["config"];
  CAF_CHECK_EQUAL(text(config["deliver_policy"]), "by_start_sequence");
  CAF_CHECK_EQUAL(text(config["opt_start_seq"]), "8");
  watch_created(1);
  watched(9, "p1", R"({"id":"p1","name":"new"})");
  CAF_CHECK_EQUAL(member(get("p1"), "name"), "new");
}

CAF_TEST(who needs what the bucket has now hears when it is here) {
  watch_created(1);
  watched(7, "p1", R"({"id":"p1"})");
  auto here = catch_up();
  CAF_CHECK_EQUAL(got.last<nats_request>().subject, "$JS.API.STREAM.INFO.KV_places");
  bucket_info(9);
  watched(8, "p2", R"({"id":"p2"})");
  CAF_CHECK(!here->has_value());
  watched(9, "p3", R"({"id":"p3"})");
  CAF_CHECK(*here == true);
  auto again = catch_up();
  bucket_info(9);
  CAF_CHECK(*again == true);
}

CAF_TEST(what this process wrote itself need not be delivered to be here) {
  watch_created(1);
  watched(7, "p1", R"({"id":"p1"})");
  watch_created(0); // by sequence, from here on
  auto here = catch_up();
  bucket_info(9);
  applied(8, "p2", {{"id", "p2"}});
  CAF_CHECK(!here->has_value());
  applied(9, "p3", {{"id", "p3"}});
  CAF_CHECK(*here == true);
  CAF_MESSAGE("and is not, while nobody else writes");
  for (uint64_t revision = 10; revision < 400; ++revision) {
    applied(revision, "p2", {{"id", "p2"}, {"name", std::to_string(revision)}});
    if (revision % 30 == 0) pass(100ms, 100ms);
  }
  CAF_CHECK_EQUAL(got.last<unsubscribe>().tag, got.last<subscribe>().tag);
  CAF_CHECK_EQUAL(member(get("p2"), "name"), "399");
  CAF_MESSAGE("until it ends");
  pass(200ms, 100ms);
  CAF_CHECK_NOT_EQUAL(got.last<unsubscribe>().tag, got.last<subscribe>().tag);
  watched(400, "p2", R"({"id":"p2","name":"theirs"})");
  CAF_CHECK_EQUAL(member(get("p2"), "name"), "theirs");
}

CAF_TEST(a bucket that cannot be asked or never comes is told) {
  watch_created(1);
  watched(7, "p1", R"({"id":"p1"})");
  auto here = catch_up();
  nats_reply none;
  none.cookie = got.last<nats_request>().cookie;
  none.error = make_error(errc::handler_timeout);
  give(copy, none);
  CAF_CHECK(*here == false);
  auto late = catch_up();
  bucket_info(9);
  pass(4s, 100ms);
  CAF_CHECK(*late == false);
}

// ---- Answers -------------------------------------------------------------------------------------------------------

CAF_TEST(get answers with the document and its revision) {
  watch_created(1);
  watched(7, "p1", R"({"id":"p1","name":"Falmouth"})");
  auto x = get("p1");
  CAF_CHECK_EQUAL(member(x, "name"), "Falmouth");
  CAF_CHECK_EQUAL(x.revision, 7u);
  CAF_CHECK_EQUAL(x.cookie, 6u);
  CAF_CHECK_EQUAL(x.query_id, "qry-1");
  CAF_CHECK_EQUAL(text(parsed(x.body)["query_id"]), "qry-1");
  CAF_CHECK_EQUAL(x.bucket, "places");
  CAF_CHECK(x.key == "p1");
}

CAF_TEST(a key that is not there or was deleted is not found) {
  watch_created(1);
  watched(7, "p1", R"({"id":"p1"})");
  watched_delete(8, "p1");
  CAF_CHECK(code_of(get("p1").error) == errc::not_found);
  CAF_CHECK(code_of(get("p2").error) == errc::not_found);
}

CAF_TEST(get without a key or with one that is no string names the pointer) {
  watch_created(0);
  for (auto& payload : {json(json::object()), json({{"id", 5}})}) {
    auto x = ask("GetPlace", payload);
    CAF_CHECK(code_of(x.error) == errc::schema_violation);
    auto errors = failure_of(x.error).errors;
    CAF_REQUIRE_EQUAL(errors.size(), 1u);
    CAF_CHECK_EQUAL(errors[0].pointer, "/id");
  }
}

CAF_TEST(list answers with a page and the newest revision) {
  watch_created(2);
  watched(7, "p1", R"({"id":"p1","rank":1})", 1);
  watched(9, "p2", R"({"id":"p2","rank":2})");
  auto x = ask("ListPlaces", json::object());
  CAF_REQUIRE(!x.error);
  auto items = parsed(x.body)["payload"]["items"];
  CAF_REQUIRE_EQUAL(items.size(), 2u);
  CAF_CHECK_EQUAL(text(items[0]["id"]), "p2");
  CAF_CHECK_EQUAL(x.revision, 9u);
  CAF_CHECK(!x.key);
}

CAF_TEST(list refuses what it does not know) {
  watch_created(0);
  auto x = ask("ListPlaces", {{"nonsense", "1"}});
  CAF_CHECK(code_of(x.error) == errc::schema_violation);
  auto errors = failure_of(x.error).errors;
  CAF_REQUIRE_EQUAL(errors.size(), 1u);
  CAF_CHECK_EQUAL(errors[0].pointer, "/nonsense");
  CAF_CHECK(code_of(ask("ListPlaces", {{"cursor", "???"}}).error) == errc::schema_violation);
}

// ---- Which entry counts --------------------------------------------------------------------------------------------

CAF_TEST(what the projector applied is visible before the watch brings it) {
  watch_created(0);
  applied(5, "p1", {{"id", "p1"}, {"name", "ours"}});
  CAF_CHECK_EQUAL(member(get("p1"), "name"), "ours");
  CAF_MESSAGE("and an older entry that the watch brings later does not undo it");
  watched(4, "p1", R"({"id":"p1","name":"old"})");
  CAF_CHECK_EQUAL(member(get("p1"), "name"), "ours");
  watched(6, "p1", R"({"id":"p1","name":"newer"})");
  CAF_CHECK_EQUAL(member(get("p1"), "name"), "newer");
}

CAF_TEST(an applied entry that is older than the watch is ignored) {
  watch_created(1);
  watched(7, "p1", R"({"id":"p1","name":"newer"})");
  applied(5, "p1", {{"id", "p1"}, {"name", "ours"}});
  CAF_CHECK_EQUAL(member(get("p1"), "name"), "newer");
}

CAF_TEST(an entry that is no JSON is ignored) {
  watch_created(2);
  watched(7, "p1", R"({"id":"p1","name":"good"})", 1);
  watched(8, "p1", "{broken");
  CAF_CHECK_EQUAL(member(get("p1"), "name"), "good");
}

CAF_TEST(a lookup says who else holds a unique value) {
  watch_created(1);
  watched(7, "p1", R"({"id":"p1","slug":"falmouth"})");
  look("p2", {{"slug", "falmouth"}, {"slug", "truro"}});
  auto taken = got.last<looked_up>().taken_by;
  CAF_REQUIRE_EQUAL(taken.size(), 2u);
  CAF_CHECK(taken[0] == "p1");
  CAF_CHECK(!taken[1]);
  CAF_MESSAGE("its own value does not count");
  look("p1", {{"slug", "falmouth"}});
  CAF_CHECK(!got.last<looked_up>().taken_by[0]);
}

CAF_TEST(a lookup shows tombstones) {
  watch_created(1);
  watched(7, "p1", {}, 0,
          {{entry_headers::operation, "DEL"}, {entry_headers::command_id, "cmd-4"}, {entry_headers::position, "17.4"}});
  look("p1");
  auto entry = got.last<looked_up>().entry;
  CAF_REQUIRE(entry != nullptr);
  CAF_CHECK(entry->deleted);
  CAF_CHECK_EQUAL(entry->command_id, "cmd-4");
  CAF_CHECK((entry->position == log_position{17, 4}));
}

CAF_TEST(a position survives its header and anything else is before all commands) {
  CAF_CHECK(
      (parse_position(to_text({1'700'000'000'000'000'001u, 42})) == log_position{1'700'000'000'000'000'001u, 42}));
  for (auto broken : {"", "x", "5", ".", "-1.2"})
    CAF_CHECK(parse_position(broken) == log_position{});
}

CAF_TEST_FIXTURE_SCOPE_END()
