// SPDX-License-Identifier: MIT
#define CAF_SUITE takeover_cluster

#include "tests/actors/fakes/takeover_fixture.hpp"

using namespace tidings;
using phase = takeover::phase;

CAF_TEST_FIXTURE_SCOPE(takeover_cluster_tests, takeover_fixture)

CAF_TEST(a consumer that reads a copy which may be behind is made anew elsewhere) {
  begin(std::nullopt);
  answer({{"consumers", json::array()}});
  answer({{"created", default_created}, {"state", {{"last_seq", 3}}}, {"cluster", {{"name", "c"}, {"leader", "b"}}}});
  auto first = x.consumer();
  auto tag = x.tag();
  answer({{"cluster", {{"name", "c"}, {"leader", "a"}}}});
  CAF_CHECK(!x.consuming());
  CAF_CHECK_NOT_EQUAL(x.consumer(), first);
  CAF_CHECK_NOT_EQUAL(x.tag(), tag);
  CAF_CHECK_EQUAL(got.last<unsubscribe>().tag, tag);
  answer({{"cluster", {{"name", "c"}, {"leader", "b"}}}});
  CAF_CHECK(x.consuming());
  CAF_CHECK_EQUAL(asked().subject, "$JS.API.CONSUMER.DELETE.COMMANDS." + first);
}

CAF_TEST(a place at the leader is not looked for without end) {
  begin(std::nullopt);
  answer({{"consumers", json::array()}});
  answer({{"created", default_created}, {"state", {{"last_seq", 3}}}, {"cluster", {{"leader", "b"}}}});
  for (int i = 0; i < 11; ++i) answer({{"cluster", {{"leader", "a"}}}});
  CAF_CHECK(!x.consuming());
  answer({{"cluster", {{"leader", "a"}}}});
  CAF_CHECK(x.consuming());
}

CAF_TEST(consumers that may have been made in a long outage are remembered up to a bound) {
  consume_from_empty();
  for (int i = 0; i < 300; ++i) {
    begin(0);
    stream_is(0);
    no_answer();
  }
  begin(0);
  stream_is(0);
  auto before = got.count<nats_request>();
  answer(json::object());
  CAF_CHECK_EQUAL(got.count<nats_request>() - before, 256u);
}

CAF_TEST_FIXTURE_SCOPE_END()
