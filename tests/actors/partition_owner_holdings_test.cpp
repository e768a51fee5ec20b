// SPDX-License-Identifier: MIT
#define CAF_SUITE partition_owner_holdings

#include "tests/actors/fakes/partition_owner_fixture.hpp"

using namespace tidings;
using namespace std::chrono_literals;

CAF_TEST_FIXTURE_SCOPE(partition_owner_holdings_tests, owner_fixture)

CAF_TEST(nothing is consumed before the copies of the buckets know what others wrote) {
  auto [quick, quick_script] = lone_fake<read_model_actor>();
  auto [slow, slow_script] = lone_fake<read_model_actor>();
  slow_script->answer<start_atom, bool>([](const start_atom&) -> caf::result<bool> { return caf::skip; });
  start(false, {quick, slow});
  live(250ms);
  CAF_CHECK_EQUAL(table.whole, "me-0");
  CAF_CHECK_EQUAL(quick_script->received.count<start_atom>(), 1u);
  live(2500ms);
  CAF_CHECK(!holds_all());
  CAF_MESSAGE("but for three seconds at most");
  live(500ms);
  CAF_CHECK(holds_all());
}

// ---- The end -------------------------------------------------------------------------------------------------------

CAF_TEST(leaving settles everything and leaves nothing behind) {
  start();
  live(500ms);
  auto left = leave();
  live(500ms);
  CAF_CHECK_EQUAL(drained(), 1u);
  CAF_CHECK(*left == true);
  CAF_CHECK(table == partition_table{});
  auto writes = got.count<publish>();
  live(5s);
  CAF_CHECK_EQUAL(got.count<publish>(), writes);
}

CAF_TEST(leaving with partitions leaves the others alone) {
  share();
  auto left = leave();
  live(500ms);
  CAF_CHECK(*left == true);
  CAF_CHECK(!table.members.contains("me-0"));
  CAF_CHECK_EQUAL(table.owned_by("other-0"), 8u);
}

CAF_TEST(leaving without a connection ends when all is settled) {
  start();
  live(500ms);
  connection(false);
  auto left = leave();
  CAF_CHECK_EQUAL(drained(), 1u);
  CAF_CHECK(*left == false);
}

CAF_TEST(leaving before anything was joined ends at once) {
  start();
  auto left = leave();
  CAF_CHECK(left->has_value());
}

// ---- Readiness -----------------------------------------------------------------------------------------------------

CAF_TEST(ready is who consumes all that is theirs) {
  start();
  CAF_CHECK(!ready());
  live(500ms);
  CAF_CHECK(!ready());
  report(whole, true);
  CAF_CHECK(ready());
}

CAF_TEST(a partition without a consumer makes unready when it is in trouble or takes long) {
  share();
  for (uint32_t p = 0; p < 7; ++p) report(p, true);
  report(7, true);
  CAF_CHECK(ready());
  report(7, false);
  CAF_CHECK(ready());
  for (int i = 0; i < 3; ++i) {
    beat("other-0");
    live(1s);
  }
  CAF_CHECK(!ready());
  CAF_CHECK(got.last<component_state>().detail.find("partition 7") != std::string::npos);
  report(7, true);
  CAF_CHECK(ready());
  report(7, false, "insufficient storage");
  CAF_CHECK(!ready());
  CAF_CHECK(got.last<component_state>().detail.find("insufficient storage") != std::string::npos);
}

CAF_TEST(who owns nothing stands by and is ready) {
  start();
  partition_table many;
  for (int i = 0; i < 16; ++i) {
    auto member = "a" + std::to_string(100 + i);
    many.members[member] = 1;
    many.owners[i] = member;
  }
  bucket_is(many);
  live(500ms);
  CAF_CHECK_EQUAL(held(), 0u);
  CAF_CHECK(ready());
}

CAF_TEST_FIXTURE_SCOPE_END()
