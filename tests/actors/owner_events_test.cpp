// SPDX-License-Identifier: MIT
#define CAF_SUITE owner_events

#include "tests/actors/fakes/stream_fixture.hpp"

using namespace tidings;

namespace {

struct fixture : stream_fixture {
  void resume_from(const std::string& position, uint64_t first, uint64_t last) {
    start(owner_events, order(position));
    give(stream, joined{last});
    give(stream, tidings::kept{{}, first, last});
  }

  /// The hub's answer to the last question.
  void missed_are(std::vector<notification> outcomes, uint64_t up_to, bool all) { give(stream, missed{{}, std::move(outcomes), up_to, all}); }

  size_t questions() const { return got.count<ask_missed>(); }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(owner_events_tests, fixture)

CAF_TEST(a fresh stream says where it is and sends what comes) {
  start(owner_events, order());
  CAF_CHECK_EQUAL(got.last<join_events>().owner, "me");
  give(stream, joined{41});
  CAF_CHECK(connection->text.find("id: 41\n\n") != std::string::npos);
  give(stream, outcome(42));
  CAF_CHECK_EQUAL(ids(), "completed:42 ");
}

CAF_TEST(an outcome of somebody else is not sent and none is sent twice) {
  start(owner_events, order());
  give(stream, joined{1});
  give(stream, outcome(2, "other"));
  give(stream, outcome(3));
  give(stream, outcome(3));
  CAF_CHECK_EQUAL(ids(), "completed:3 ");
}

CAF_TEST(progress of the owner is sent live and moves no position) {
  start(owner_events, order("4"));
  give(stream, joined{4});
  give(stream, progress("me"));
  give(stream, tidings::kept{{}, 1, 4});
  missed_are({}, 4, true);
  CAF_CHECK_EQUAL(ids(), "");
  give(stream, progress("me"));
  give(stream, progress("other"));
  give(stream, outcome(5));
  CAF_CHECK_EQUAL(ids(), "progress: completed:5 ");
}

CAF_TEST(what was missed comes before what came meanwhile) {
  resume_from("4", 1, 6);
  CAF_CHECK_EQUAL(got.last<ask_missed>().owner, "me");
  CAF_CHECK_EQUAL(got.last<ask_missed>().after, 4u);
  give(stream, outcome(7));
  missed_are({outcome(5)}, 5, false);
  CAF_CHECK_EQUAL(got.last<ask_missed>().after, 5u);
  give(stream, outcome(8));
  CAF_CHECK_EQUAL(ids(), "completed:5 ");
  missed_are({outcome(6), outcome(7), outcome(8)}, 9, true);
  give(stream, outcome(9));
  give(stream, outcome(10));
  CAF_CHECK_EQUAL(ids(), "completed:5 completed:6 completed:7 completed:8 completed:10 ");
  CAF_CHECK_EQUAL(questions(), 2u);
}

CAF_TEST(an outcome of somebody else is not replayed either) {
  resume_from("4", 1, 6);
  missed_are({outcome(5, "other")}, 6, true);
  CAF_CHECK_EQUAL(ids(), "");
}

CAF_TEST(a stretch without outcomes of the owner is gone on from its end) {
  resume_from("4", 1, 60);
  missed_are({}, 40, false);
  CAF_CHECK_EQUAL(got.last<ask_missed>().after, 40u);
}

CAF_TEST(a position ahead of the hub waits for what comes) {
  resume_from("4", 1, 6);
  missed_are({}, 3, true);
  give(stream, outcome(4));
  give(stream, outcome(5));
  CAF_CHECK_EQUAL(ids(), "completed:5 ");
}

CAF_TEST(history is read no faster than the client reads) {
  resume_from("4", 1, 60);
  auto large = outcome(5);
  large.document = std::make_shared<const std::string>(std::string(70'000, ' '));
  missed_are({large}, 5, false);
  CAF_CHECK_EQUAL(questions(), 1u);
  give(stream, tick_atom::value);
  CAF_CHECK_EQUAL(questions(), 2u);
}

CAF_TEST(a position that is no longer kept is a gap) {
  resume_from("4", 10, 12);
  auto events = connection->events();
  CAF_REQUIRE_EQUAL(events.size(), 1u);
  CAF_CHECK_EQUAL(events[0].event, "gap");
  CAF_CHECK_EQUAL(events[0].id, "9");
  auto data = parsed(events[0].data);
  CAF_CHECK_EQUAL(text(data["reason"]), "position_no_longer_kept");
  CAF_CHECK_EQUAL(text(data["refetch"][0]), "/queries/L");
}

CAF_TEST(the last position before what is kept is not a gap) {
  resume_from("9", 10, 12);
  CAF_CHECK_EQUAL(ids(), "");
}

CAF_TEST(a position nobody gave out is a gap) {
  resume_from("13", 10, 12);
  CAF_CHECK_EQUAL(ids(), "gap:12 ");
}

CAF_TEST(when nobody knows what is kept the stream ends and the client comes back) {
  start(owner_events, order("3"));
  give(stream, joined{5});
  give(stream, tidings::kept{make_error(errc::handler_timeout), 0, 0});
  CAF_CHECK(connection->finished);
}

CAF_TEST(when what was missed cannot be read the stream ends and the client comes back) {
  resume_from("3", 1, 5);
  give(stream, missed{make_error(errc::handler_timeout), {}, 0, false});
  CAF_CHECK(connection->finished);
}

CAF_TEST_FIXTURE_SCOPE_END()
