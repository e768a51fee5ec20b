// SPDX-License-Identifier: MIT
#define CAF_SUITE ordered_consumer_cluster

#include "tests/actors/fakes/ordered_consumer_fixture.hpp"

using namespace tidings;

CAF_TEST_FIXTURE_SCOPE(ordered_consumer_cluster_tests, ordered_consumer_fixture)

CAF_TEST(a consumer that reads a copy which may be behind is made anew behind what it brought) {
  start(5);
  answer({{"num_pending", 3}, {"cluster", {{"leader", "a"}}}});
  CAF_CHECK_EQUAL(got.last<nats_request>().subject, "$JS.API.STREAM.INFO.NOTIFICATIONS");
  CAF_CHECK(!consumer->caught_up());
  receive({at(5, 1, 2)});
  auto tag = got.last<subscribe>().tag;
  answer({{"state", {{"last_seq", 7}}}, {"cluster", {{"leader", "b"}}}});
  CAF_CHECK_NOT_EQUAL(got.last<subscribe>().tag, tag);
  CAF_CHECK_EQUAL(got.last<nats_request>().subject, "$JS.API.CONSUMER.CREATE.NOTIFICATIONS");
  CAF_CHECK_EQUAL(text(parsed(got.last<nats_request>().data)["config"]["opt_start_seq"]), "6");
  answer({{"num_pending", 0}, {"cluster", {{"leader", "b"}}}});
  answer({{"state", {{"last_seq", 7}}}, {"cluster", {{"leader", "b"}}}});
  CAF_CHECK(consumer->caught_up());
  CAF_CHECK((taken == std::vector<uint64_t>{5}));
}

CAF_TEST(a leader that nobody names is not looked for) {
  start(5);
  answer({{"num_pending", 0}, {"cluster", {{"leader", "a"}}}});
  answer({{"state", {{"last_seq", 7}}}});
  CAF_CHECK(consumer->caught_up());
}

CAF_TEST(an answer of an older try says nothing about this one) {
  start(5);
  answer({{"num_pending", 0}, {"cluster", {{"leader", "a"}}}});
  consumer->pause();
  consumer->resume(now());
  consume_messages();
  answer({{"state", {{"last_seq", 7}}}, {"cluster", {{"leader", "a"}}}});
  CAF_CHECK(!consumer->caught_up());
  created();
  CAF_CHECK(consumer->caught_up());
}

CAF_TEST_FIXTURE_SCOPE_END()
