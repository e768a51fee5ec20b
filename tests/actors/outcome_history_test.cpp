// SPDX-License-Identifier: MIT
#define CAF_SUITE outcome_history

#include "actors/outcome_history.hpp"

#include "actors/headers.hpp"
#include "tests/actors/fakes/models.hpp"

#include "tests/actors/fakes/messages.hpp"

#include <caf/test/dsl.hpp>

using namespace tidings;

namespace {

struct history_fixture {
  outcome_history what{{8, 1000}};

  void add(uint64_t sequence, const std::string& owner, const std::string& data = "{}") {
    what.add(incoming::message("notifications." + owner + ".cmd-" + std::to_string(sequence), {}, data, {{notification_headers::status, "completed"}}), sequence);
  }

  void add_own(uint64_t sequence, const std::string& owner, const std::string& data = "{}") {
    outgoing_message stored{"notifications." + owner + ".cmd-" + std::to_string(sequence), {{notification_headers::status, "completed"}}, data};
    what.add(stored_outcome{std::make_shared<const outgoing_message>(std::move(stored)), sequence});
  }

  /// The positions, then `+` where there is more.
  std::string part(const std::string& owner, uint64_t after) {
    auto found = what.part_of(owner, after);
    std::string result;
    for (auto& x : found.outcomes) {
      CAF_CHECK_EQUAL(x.owner, owner);
      result += std::to_string(x.sequence) + ' ';
    }
    return result + (found.all ? "" : "+");
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(outcome_history_tests, history_fixture)

CAF_TEST(an owner gets its own behind a position) {
  for (uint64_t i = 1; i <= 6; ++i) add(i, i % 2 == 0 ? "even" : "odd");
  CAF_CHECK_EQUAL(part("even", 0), "2 4 6 ");
  CAF_CHECK_EQUAL(part("even", 2), "4 6 ");
  CAF_CHECK_EQUAL(part("even", 3), "4 6 ");
  CAF_CHECK_EQUAL(part("odd", 5), "");
  CAF_CHECK_EQUAL(part("nobody", 0), "");
  CAF_CHECK_EQUAL(what.part_of("odd", 5).up_to, 6u);
}

CAF_TEST(what comes after a question is found by the next) {
  add(1, "me");
  CAF_CHECK_EQUAL(part("me", 0), "1 ");
  add(2, "me");
  CAF_CHECK_EQUAL(part("me", 1), "2 ");
}

CAF_TEST(the oldest go when there are too many) {
  what.start_behind(10);
  CAF_CHECK_EQUAL(what.floor(), 10u);
  for (uint64_t i = 11; i <= 20; ++i) {
    add(i, "me");
    part("me", what.floor());
  }
  CAF_CHECK_EQUAL(what.size(), 8u);
  CAF_CHECK_EQUAL(what.floor(), 12u);
  CAF_CHECK_EQUAL(what.last(), 20u);
  CAF_CHECK_EQUAL(part("me", 12), "13 14 15 16 17 18 19 20 ");
}

CAF_TEST(the oldest go when they are too large) {
  for (uint64_t i = 1; i <= 5; ++i) add(i, "me", std::string(300, 'x'));
  CAF_CHECK_EQUAL(what.size(), 3u);
  CAF_CHECK_EQUAL(what.floor(), 2u);
  add(6, "me", std::string(2000, 'x'));
  CAF_MESSAGE("one that is larger than all memory is not kept");
  CAF_CHECK_EQUAL(what.size(), 0u);
  CAF_CHECK_EQUAL(what.floor(), 6u);
  add(7, "me");
  CAF_CHECK_EQUAL(part("me", 6), "7 ");
}

CAF_TEST(outcomes that this process stored are found among those that were delivered) {
  for (uint64_t i = 1; i <= 6; ++i) i % 3 == 0 ? add(i, "me") : add_own(i, i == 4 ? "other" : "me");
  CAF_CHECK_EQUAL(part("me", 0), "1 2 3 5 6 ");
  CAF_CHECK_EQUAL(part("other", 0), "4 ");
  CAF_MESSAGE("and count as much");
  for (uint64_t i = 7; i <= 11; ++i) add_own(i, "me", std::string(300, 'x'));
  CAF_CHECK_EQUAL(what.size(), 3u);
  CAF_CHECK_EQUAL(what.floor(), 8u);
  CAF_CHECK_EQUAL(part("me", 8), "9 10 11 ");
  CAF_CHECK_EQUAL(part("other", 8), "");
}

CAF_TEST(sequences may have holes) {
  for (uint64_t i : {3, 7, 20, 21, 40}) add(i, i == 21 ? "other" : "me");
  CAF_CHECK_EQUAL(part("me", 7), "20 40 ");
  CAF_CHECK_EQUAL(part("me", 8), "20 40 ");
  CAF_CHECK_EQUAL(part("me", 40), "");
}

CAF_TEST(owners are worked out again after they were forgotten) {
  for (uint64_t i = 1; i <= 10; ++i) add(i, "me");
  CAF_CHECK_EQUAL(part("me", 8), "9 10 ");
  what.forget_owners();
  add(11, "me");
  CAF_CHECK_EQUAL(part("me", 8), "9 10 11 ");
}

CAF_TEST(a reader gets a part at a time) {
  outcome_history many{{1000, 10'000'000}};
  for (uint64_t i = 1; i <= 100; ++i) many.add(incoming::message("notifications.me.c", {}, "{}", {{notification_headers::status, "failed"}}), i);
  auto first = many.part_of("me", 0);
  CAF_CHECK_EQUAL(first.outcomes.size(), outcome_history::part_outcomes);
  CAF_CHECK(!first.all);
  CAF_CHECK_EQUAL(first.up_to, first.outcomes.back().sequence);
  auto rest = many.part_of("me", first.up_to);
  CAF_CHECK_EQUAL(rest.outcomes.size(), 100 - outcome_history::part_outcomes);
  CAF_CHECK(rest.all);
}

CAF_TEST(a part of large outcomes is short but never empty) {
  outcome_history large{{1000, 10'000'000}};
  for (uint64_t i = 1; i <= 4; ++i)
    large.add(incoming::message("notifications.me.c", {}, std::string(i == 1 ? 100'000 : 20'000, 'x'), {{notification_headers::status, "completed"}}), i);
  CAF_CHECK_EQUAL(large.part_of("me", 0).outcomes.size(), 1u);
  CAF_CHECK_EQUAL(large.part_of("me", 1).outcomes.size(), 2u);
  CAF_CHECK_EQUAL(large.part_of("me", 3).outcomes.size(), 1u);
}

CAF_TEST(without memory everything is below the floor) {
  outcome_history none{{0, 0}};
  none.start_behind(5);
  none.add(incoming::message("notifications.me.c", {}, "{}", {{notification_headers::status, "completed"}}), 6);
  CAF_CHECK_EQUAL(none.floor(), 6u);
  CAF_CHECK_EQUAL(none.size(), 0u);
}

CAF_TEST_FIXTURE_SCOPE_END()
