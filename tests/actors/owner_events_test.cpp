// SPDX-License-Identifier: MIT
#define CAF_SUITE owner_events

#include "tests/actors/fakes/stream_fixture.hpp"

using namespace tidings;

namespace {

struct fixture : stream_fixture {
  void resume_from(const std::string& position, uint64_t first, uint64_t last) {
    start(owner_events, order(position));
    give(stream, joined{last});
    reply(incoming::api_answer({{"state", {{"first_seq", first}, {"last_seq", last}}}}));
  }
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
  reply(incoming::api_answer({{"state", {{"first_seq", 1}, {"last_seq", 4}}}}));
  reply(incoming::nothing_there());
  CAF_CHECK_EQUAL(ids(), "");
  give(stream, progress("me"));
  give(stream, progress("other"));
  give(stream, outcome(5));
  CAF_CHECK_EQUAL(ids(), "progress: completed:5 ");
}

CAF_TEST(what was missed comes before what came meanwhile) {
  resume_from("4", 1, 6);
  give(stream, outcome(7));
  stored(5);
  give(stream, outcome(8));
  stored(6);
  stored(7);
  CAF_CHECK_EQUAL(ids(), "completed:5 completed:6 completed:7 ");
  reply(incoming::nothing_there());
  CAF_CHECK_EQUAL(ids(), "completed:5 completed:6 completed:7 completed:8 ");
}

CAF_TEST(an outcome in the stream that belongs to somebody else is not replayed) {
  resume_from("4", 1, 6);
  stored(5, "other");
  reply(incoming::nothing_there());
  CAF_CHECK_EQUAL(ids(), "");
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

CAF_TEST(more live outcomes than are held are read from the stream) {
  resume_from("0", 1, 1);
  for (uint64_t i = 2; i <= owner_events_state::max_held + 10; ++i)
    give(stream, outcome(i));
  stored(1);
  auto before = got.count<nats_request>();
  reply(incoming::nothing_there());
  CAF_CHECK_EQUAL(got.count<nats_request>(), before + 1);
  CAF_CHECK_EQUAL(ids(), "completed:1 ");
}

CAF_TEST(when NATS does not answer the stream ends and the client comes back) {
  start(owner_events, order("3"));
  give(stream, joined{5});
  nats_reply x;
  x.cookie = got.last<nats_request>().cookie;
  x.error = make_error(errc::handler_timeout);
  give(stream, x);
  CAF_CHECK(connection->finished);
}

CAF_TEST_FIXTURE_SCOPE_END()
