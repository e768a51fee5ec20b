// SPDX-License-Identifier: MIT
#define CAF_SUITE command_events

#include "tests/actors/fakes/stream_fixture.hpp"

using namespace tidings;

namespace {

struct fixture : stream_fixture {
  void begin(const std::string& last_event_id = {}) {
    auto x = order(last_event_id);
    x->command_id = tok("cmd-1");
    start(command_events, x);
  }

  void state(outcome_status status, uint64_t sequence = 0) {
    give(stream, command_answer{0, {}, "cmd-1", status, {}, sequence, std::make_shared<const std::string>("{}")});
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(command_events_tests, fixture)

CAF_TEST(the stream watches before it asks for the state) {
  begin();
  auto watched = got.position<watch_command>();
  auto asked = got.position<attach_command>();
  CAF_REQUIRE(watched && asked);
  CAF_CHECK(*watched < *asked);
}

CAF_TEST(pending and then the outcome and then the end) {
  begin();
  state(outcome_status::pending);
  give(stream, outcome(5));
  CAF_CHECK_EQUAL(ids(), "pending: completed:5 ");
  CAF_CHECK(connection->finished);
}

CAF_TEST(an outcome that comes before the state is sent once) {
  begin();
  give(stream, outcome(5));
  state(outcome_status::completed, 5);
  CAF_CHECK_EQUAL(ids(), "completed:5 ");
}

CAF_TEST(progress comes between pending and the outcome without a position) {
  begin();
  CAF_CHECK_EQUAL(got.last<join_events>().command_id, "cmd-1");
  give(stream, progress("me"));
  CAF_CHECK_EQUAL(ids(), "");
  state(outcome_status::pending);
  give(stream, progress("me"));
  give(stream, progress("public"));
  give(stream, progress("other"));
  give(stream, outcome(5));
  give(stream, progress("me"));
  CAF_CHECK_EQUAL(ids(), "pending: progress: progress: completed:5 ");
}

CAF_TEST(the trace of a command is a comment in front of its outcome) {
  begin();
  state(outcome_status::pending);
  auto x = outcome(5);
  x.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  give(stream, x);
  CAF_CHECK(connection->text.find(": traceparent " + x.traceparent + "\n\nid: 5\nevent: completed\n") != std::string::npos);
  CAF_CHECK_EQUAL(ids(), "pending: completed:5 ");
}

CAF_TEST(whoever has the outcome gets 204) {
  begin("5");
  state(outcome_status::completed, 5);
  CAF_REQUIRE_EQUAL(connection->responses.size(), 1u);
  CAF_CHECK_EQUAL(connection->responses[0].status, 204);
  CAF_CHECK(*ended);
}

CAF_TEST(a foreign outcome with the same id is not sent) {
  begin();
  state(outcome_status::pending);
  give(stream, outcome(5, "other"));
  CAF_CHECK_EQUAL(ids(), "pending: ");
}

CAF_TEST(an unknown command is answered by the session) {
  begin();
  give(stream, command_answer{0, make_error(errc::not_found), "cmd-1", outcome_status::pending, {}, 0, nullptr});
  CAF_CHECK(code_of(got.last<command_answer>().error) == errc::not_found);
  CAF_CHECK_EQUAL(got.last<command_answer>().cookie, 77u);
  CAF_CHECK(connection->heads.empty());
  CAF_CHECK(*ended);
}

CAF_TEST_FIXTURE_SCOPE_END()
