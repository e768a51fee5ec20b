// SPDX-License-Identifier: MIT
#define CAF_SUITE rebuild

#include "actors/rebuild.hpp"
#include "tests/actors/fakes/commands.hpp"

#include <caf/test/unit_test.hpp>

using namespace tidings;
using namespace std::chrono_literals;
using end = command_record::end;

namespace {

constexpr uint64_t hour = 3'600'000'000'000;

struct rebuild_fixture {
  catalog_ptr models = sample_catalog();
  std::optional<rebuild> built;
  uint64_t sequence = 0;

  rebuild_fixture() { start("notes"); }

  void start(std::string_view service, bool from_the_start = true, bool assume_held = false) {
    sequence = 0;
    for (auto& model : models->models())
      if (model->service.str() == service) built.emplace(rebuild_options{model, assume_held, from_the_start, 24 * hour});
  }

  std::shared_ptr<stored_command> command(std::string_view type, json payload, std::string id = {}) {
    ++sequence;
    return stored(models, type, id.empty() ? "cmd-" + std::to_string(sequence) : id, std::move(payload), sequence);
  }

  void happen(const std::shared_ptr<stored_command>& x, command_record record = {}, uint64_t at = 0) { built->apply(*x, record, at); }
  void happen(std::string_view type, json payload, command_record record = {}) { happen(command(type, std::move(payload)), std::move(record)); }

  static command_record told(json document, uint64_t revision) { return {end::completed, std::move(document), revision}; }

  std::string text_of(const std::string& key) const {
    auto* x = built->find(key);
    if (!x) return "never";
    if (x->undecided) return "undecided";
    return x->document ? text(x->document->value()["text"]) : "none";
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(rebuild_tests, rebuild_fixture)

CAF_TEST(forgotten commands are decided again by the effects of the model) {
  happen("WriteNote", {{"id", "n1"}, {"text", "first"}});
  happen("WriteNote", {{"id", "n1"}, {"text", "again"}});
  CAF_CHECK_EQUAL(text_of("n1"), "first");
  happen("EditNote", {{"id", "n1"}, {"text", "edited"}});
  CAF_CHECK_EQUAL(text_of("n1"), "edited");
  happen("EditNote", {{"id", "n2"}, {"text", "of nothing"}});
  CAF_CHECK_EQUAL(text_of("n2"), "none");
  CAF_CHECK_EQUAL(built->documents(), 1u);
  happen("TearNote", {{"id", "n1"}});
  CAF_CHECK_EQUAL(text_of("n1"), "none");
  CAF_CHECK_EQUAL(built->documents(), 0u);
  CAF_CHECK_EQUAL(built->counted().applied, 3u);
  CAF_CHECK_EQUAL(built->counted().without_effect, 2u);
  CAF_CHECK(built->find("n1")->applied == (log_position{1, 5}));
  CAF_CHECK_EQUAL(built->find("n1")->command_id, "cmd-5");
}

CAF_TEST(what was told stands) {
  CAF_MESSAGE("a command that failed has no effect, whatever would be decided today");
  happen("WriteNote", {{"id", "n1"}, {"text", "refused"}}, {end::failed});
  CAF_CHECK_EQUAL(text_of("n1"), "none");
  CAF_MESSAGE("the document comes from the effect");
  happen("WriteNote", {{"id", "n1"}, {"text", "first"}}, told({{"id", "n1"}, {"text", "as told"}}, 3));
  CAF_CHECK_EQUAL(text_of("n1"), "first");
  CAF_MESSAGE("but from what was told where today's decision is another one");
  happen("WriteNote", {{"id", "n1"}, {"text", "second"}}, told({{"id", "n1"}, {"text", "as told"}}, 4));
  CAF_CHECK_EQUAL(text_of("n1"), "as told");
  CAF_CHECK_EQUAL(built->counted().otherwise, 1u);
}

CAF_TEST(values that must be unique are taken in the order of the stream) {
  start("places");
  happen("CreatePlace", {{"id", "p1"}, {"name", "A"}, {"slug", "s"}});
  happen("CreatePlace", {{"id", "p2"}, {"name", "B"}, {"slug", "s"}});
  CAF_CHECK(!built->find("p2")->document);
  happen("DropPlace", {{"id", "p1"}});
  happen("CreatePlace", {{"id", "p2"}, {"name", "C"}, {"slug", "s"}});
  CAF_CHECK(built->find("p2")->document != nullptr);
}

CAF_TEST(a condition whose outcome is forgotten is decided where that is certain) {
  auto edit = [&](uint64_t expected, std::string_view text) {
    auto x = command("EditNote", {{"id", "n1"}, {"text", text}});
    x->expected_revision = expected;
    happen(x);
  };
  CAF_MESSAGE("there is no document with any revision");
  edit(4, "too early");
  CAF_CHECK_EQUAL(text_of("n1"), "none");
  happen("WriteNote", {{"id", "n1"}, {"text", "first"}}, told({}, 7));
  CAF_MESSAGE("the revision was told");
  edit(6, "stale");
  CAF_CHECK_EQUAL(text_of("n1"), "first");
  edit(7, "fresh");
  CAF_CHECK_EQUAL(text_of("n1"), "fresh");
  CAF_MESSAGE("revisions only rise");
  edit(7, "the same again");
  CAF_CHECK_EQUAL(text_of("n1"), "fresh");
  CAF_MESSAGE("and what may have held or not leaves the key undecided");
  edit(9, "who knows");
  CAF_CHECK_EQUAL(text_of("n1"), "undecided");
  CAF_CHECK_EQUAL(built->undecided_keys(), 1u);
  CAF_CHECK_EQUAL(built->find("n1")->undecided_from, 6u);
  CAF_CHECK(built->example().find("EditNote cmd-6 (COMMANDS 6)") == 0);
  CAF_MESSAGE("until a command says what is there");
  happen("EditNote", {{"id", "n1"}, {"text", "unknown"}});
  CAF_CHECK_EQUAL(text_of("n1"), "undecided");
  happen("TearNote", {{"id", "n1"}});
  CAF_CHECK_EQUAL(text_of("n1"), "none");
  happen("WriteNote", {{"id", "n1"}, {"text", "new"}});
  CAF_CHECK_EQUAL(text_of("n1"), "new");
  CAF_CHECK_EQUAL(built->undecided_keys(), 0u);
}

CAF_TEST(conditions can be taken as having held) {
  start("notes", true, true);
  happen("WriteNote", {{"id", "n1"}, {"text", "first"}});
  auto conditional = [&](std::string_view text) {
    auto x = command("EditNote", {{"id", "n1"}, {"text", text}});
    x->expected_revision = 5;
    happen(x);
  };
  conditional("one");
  CAF_CHECK_EQUAL(text_of("n1"), "one");
  CAF_MESSAGE("but not both of two that lost sight of each other");
  conditional("two");
  CAF_CHECK_EQUAL(text_of("n1"), "one");
  auto timed = command("EditNote", {{"id", "n1"}, {"text", "in time"}});
  timed->expires = std::chrono::system_clock::time_point{1s};
  happen(timed);
  CAF_CHECK_EQUAL(text_of("n1"), "in time");
}

CAF_TEST(a time to live whose outcome is forgotten leaves the key undecided) {
  auto timed = command("PutNote", {{"id", "n1"}, {"text", "late"}});
  timed->expires = std::chrono::system_clock::time_point{1s};
  happen(timed);
  CAF_CHECK_EQUAL(text_of("n1"), "undecided");
}

CAF_TEST(a copy of a command does nothing while its outcome was kept) {
  auto twice = [&](uint64_t at, std::string_view text) {
    auto x = command("PutNote", {{"id", "n1"}, {"text", text}}, "cmd-mine");
    x->digest = "abc";
    happen(x, {}, at);
  };
  twice(hour, "first");
  twice(3 * hour, "second");
  CAF_CHECK_EQUAL(text_of("n1"), "first");
  twice(40 * hour, "third");
  CAF_CHECK_EQUAL(text_of("n1"), "third");
}

CAF_TEST(a retry of what was applied does nothing) {
  happen(command("PutNote", {{"id", "n1"}, {"text", "first"}}, "cmd-mine"));
  auto retry = command("PutNote", {{"id", "n1"}, {"text", "first"}}, "cmd-mine");
  retry->retry = 1;
  happen(retry);
  CAF_CHECK_EQUAL(built->counted().applied, 1u);
}

CAF_TEST(an open command holds up its key and nothing else) {
  auto waiting = command("PutNote", {{"id", "n1"}, {"text", "open"}});
  auto behind = command("EditNote", {{"id", "n1"}, {"text", "behind"}});
  auto other = command("PutNote", {{"id", "n2"}, {"text", "other"}});
  happen(waiting, {end::open});
  happen(behind, told({{"id", "n1"}, {"text", "behind"}}, 2));
  happen(other);
  CAF_CHECK_EQUAL(text_of("n1"), "none");
  CAF_CHECK_EQUAL(built->find("n1")->settled, 0u);
  CAF_CHECK_EQUAL(text_of("n2"), "other");
  CAF_CHECK_EQUAL(built->first_open().value_or(0), 1u);
  CAF_MESSAGE("the next round takes it up, and passes over what is done");
  built->begin_round();
  happen(waiting);
  happen(behind);
  happen(other);
  CAF_CHECK(!built->first_open());
  CAF_CHECK_EQUAL(text_of("n1"), "behind");
  CAF_CHECK_EQUAL(built->counted().applied, 3u);
}

CAF_TEST(without the beginning a key is unknown until the bucket or a command tells it) {
  start("notes", false);
  built->begin_with(*document("n1", 4, 2, "cmd-2", {{"id", "n1"}, {"text", "kept"}}));
  CAF_CHECK_EQUAL(text_of("n1"), "kept");
  sequence = 10;
  happen("EditNote", {{"id", "n1"}, {"text", "edited"}});
  CAF_CHECK_EQUAL(text_of("n1"), "edited");
  happen("EditNote", {{"id", "n2"}, {"text", "of what"}});
  CAF_CHECK_EQUAL(text_of("n2"), "undecided");
  happen("EditNote", {{"id", "n2"}, {"text", "x"}}, told({{"id", "n2"}, {"text", "told"}}, 9));
  CAF_CHECK_EQUAL(text_of("n2"), "told");
}

CAF_TEST_FIXTURE_SCOPE_END()
