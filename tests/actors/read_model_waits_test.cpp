// SPDX-License-Identifier: MIT
#define CAF_SUITE read_model_waits

#include "tests/actors/fakes/read_model_fixture.hpp"

using namespace tidings;
using namespace std::chrono_literals;

namespace {

using change_listener = caf::typed_actor<caf::reacts_to<model_atom>>;

struct waits_fixture : read_model_fixture {
  waits_fixture() { watch_created(0); }

  /// A get of p1 that wants to see the write of `revision`.
  void ask_after(uint64_t revision, milliseconds patience, bool stale_allowed = false) {
    auto x = query("GetPlace", {{"id", "p1"}});
    x.after = written_revision{"places", "p1", revision};
    x.patience = patience;
    x.stale_allowed = stale_allowed;
    give(copy, x);
  }

  void watch(const change_listener& listener, uint64_t revision, std::optional<std::string> key = std::nullopt) {
    watch_changes x;
    x.bucket = "places";
    x.revision = revision;
    x.key = std::move(key);
    x.listener = listener;
    give(copy, x);
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(read_model_waits_tests, waits_fixture)

CAF_TEST(a query after a command is answered once the write is visible) {
  ask_after(7, 5s);
  CAF_CHECK_EQUAL(answers(), 0u);
  watched(6, "p2", R"({"id":"p2"})");
  CAF_CHECK_EQUAL(answers(), 0u);
  watched(7, "p1", R"({"id":"p1","name":"new"})");
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK_EQUAL(member(got.last<query_answer>(), "name"), "new");
  CAF_CHECK(!got.last<query_answer>().stale);
  pass(6s, 100ms);
  CAF_CHECK_EQUAL(answers(), 1u);
}

CAF_TEST(a write of this process is visible before the watch brings it) {
  ask_after(7, 5s);
  applied(7, "p1", {{"id", "p1"}});
  CAF_CHECK_EQUAL(answers(), 1u);
}

CAF_TEST(a write that is visible already is not waited for) {
  watched(9, "p2", R"({"id":"p2"})");
  applied(7, "p1", {{"id", "p1"}});
  ask_after(7, 5s);
  CAF_CHECK_EQUAL(answers(), 1u);
}

CAF_TEST(a write that stays invisible is an error when the patience ends) {
  applied(5, "p1", {{"id", "p1"}, {"name", "old"}});
  ask_after(7, 500ms);
  pass(499ms);
  CAF_CHECK_EQUAL(answers(), 0u);
  pass(1ms);
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(code_of(got.last<query_answer>().error) == errc::not_visible_yet);
}

CAF_TEST(whoever allows it gets the stale answer then and it says so) {
  applied(5, "p1", {{"id", "p1"}, {"name", "old"}});
  ask_after(7, 500ms, true);
  pass(500ms);
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK_EQUAL(member(got.last<query_answer>(), "name"), "old");
  CAF_CHECK(got.last<query_answer>().stale);
}

CAF_TEST(a write to another bucket is not ours to show) {
  auto x = query("GetPlace", {{"id", "p1"}});
  x.after = written_revision{"notes", "n1", 70};
  x.patience = 5s;
  give(copy, x);
  CAF_CHECK_EQUAL(answers(), 1u);
}

CAF_TEST(who watches the bucket is told of the next change once) {
  auto listener = fake<change_listener>();
  watch(listener, 0);
  CAF_CHECK_EQUAL(got.count<model_atom>(), 0u);
  watched(7, "p1", R"({"id":"p1"})");
  CAF_CHECK_EQUAL(got.count<model_atom>(), 1u);
  watched(8, "p1", R"({"id":"p1"})");
  CAF_CHECK_EQUAL(got.count<model_atom>(), 1u);
}

CAF_TEST(a change that happened before the watch is told at once) {
  watched(7, "p1", R"({"id":"p1"})");
  auto listener = fake<change_listener>();
  watch(listener, 6);
  CAF_CHECK_EQUAL(got.count<model_atom>(), 1u);
  watch(listener, 7);
  CAF_CHECK_EQUAL(got.count<model_atom>(), 1u);
}

CAF_TEST(who watches a key is not told of others) {
  watched(7, "p1", R"({"id":"p1"})");
  auto listener = fake<change_listener>();
  watch(listener, 7, "p1");
  watched(8, "p2", R"({"id":"p2"})");
  CAF_CHECK_EQUAL(got.count<model_atom>(), 0u);
  watched_delete(9, "p1");
  CAF_CHECK_EQUAL(got.count<model_atom>(), 1u);
}

CAF_TEST(the watch that repeats what the projector applied is no change) {
  applied(7, "p1", {{"id", "p1"}});
  auto listener = fake<change_listener>();
  watch(listener, 7);
  watched(7, "p1", R"({"id":"p1"})");
  CAF_CHECK_EQUAL(got.count<model_atom>(), 0u);
}

CAF_TEST_FIXTURE_SCOPE_END()
