// SPDX-License-Identifier: MIT
#define CAF_SUITE live_query

#include "tests/actors/fakes/stream_fixture.hpp"

using namespace tidings;
using namespace std::chrono_literals;

namespace {

struct fixture : stream_fixture {
  fixture() {
    auto x = order();
    x->query = std::make_unique<ask_query>();
    x->query->query_type = "ListNotes";
    start(live_query, x);
  }

  size_t asked() const { return got.count<ask_query>(); }

  void answer(uint64_t revision, const std::string& payload) {
    query_answer x;
    x.bucket = "notes";
    x.revision = revision;
    x.body = "{\"query_id\":\"q" + std::to_string(revision) + "\",\"payload\":" + payload + "}";
    give(stream, x);
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(live_query_tests, fixture)

CAF_TEST(the answer comes at once and the next change is watched from there) {
  CAF_CHECK_EQUAL(asked(), 1u);
  answer(3, "1");
  CAF_CHECK_EQUAL(ids(), "result:3 ");
  CAF_CHECK_EQUAL(got.last<watch_changes>().revision, 3u);
}

CAF_TEST(changes within the pace are one more question) {
  answer(3, "1");
  give(stream, tick_atom::value);
  for (int i = 0; i < 20; ++i)
    give(stream, model_atom::value);
  CAF_CHECK_EQUAL(asked(), 1u);
  pass(50ms);
  CAF_CHECK_EQUAL(asked(), 2u);
  pass(1s);
  CAF_CHECK_EQUAL(asked(), 2u);
}

CAF_TEST(the first change after quiet is asked for at once and the next within the pace waits) {
  answer(3, "1");
  give(stream, tick_atom::value);
  pass(1s);
  give(stream, model_atom::value);
  CAF_CHECK_EQUAL(asked(), 2u);
  answer(4, "2");
  give(stream, tick_atom::value);
  give(stream, model_atom::value);
  pass(49ms);
  CAF_CHECK_EQUAL(asked(), 2u);
  pass(1ms);
  CAF_CHECK_EQUAL(asked(), 3u);
}

CAF_TEST(a client that has not read the last answer gets no other) {
  answer(3, "1");
  give(stream, model_atom::value);
  pass(1s);
  CAF_CHECK_EQUAL(asked(), 1u);
  give(stream, tick_atom::value);
  CAF_CHECK_EQUAL(asked(), 2u);
}

CAF_TEST(an answer that says the same is not sent again) {
  answer(3, "1");
  give(stream, tick_atom::value);
  give(stream, model_atom::value);
  pass(50ms);
  answer(4, "1");
  CAF_CHECK_EQUAL(ids(), "result:3 ");
}

CAF_TEST(a query that cannot be answered is the sessions to answer) {
  query_answer x;
  x.error = make_error(errc::schema_violation);
  give(stream, x);
  CAF_CHECK(code_of(got.last<query_answer>().error) == errc::schema_violation);
  CAF_CHECK(connection->heads.empty());
  CAF_CHECK(*ended);
}

CAF_TEST_FIXTURE_SCOPE_END()
