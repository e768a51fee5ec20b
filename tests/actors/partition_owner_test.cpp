// SPDX-License-Identifier: MIT
#define CAF_SUITE partition_owner

#include "tests/actors/fakes/partition_owner_fixture.hpp"

using namespace tidings;
using namespace std::chrono_literals;

CAF_TEST_FIXTURE_SCOPE(partition_owner_tests, owner_fixture)

// ---- Alone ---------------------------------------------------------------------------------------------------------

CAF_TEST(who is alone takes the stream as a whole by compare and set) {
  start();
  CAF_CHECK_EQUAL(got.last<nats_request>().subject, "$JS.API.STREAM.MSG.GET.KV_tidings_leases");
  CAF_CHECK(!holds_all());
  answer();
  CAF_CHECK(holds_all());
  CAF_CHECK_EQUAL(held(), 0u);
  CAF_CHECK_EQUAL(table.whole, "me-0");
  CAF_CHECK(reactors[whole]->received.last<lease_change>().listener != nullptr);
}

CAF_TEST(it is written again every second and changes nothing) {
  start();
  live(10s);
  CAF_CHECK(got.count<publish>() >= 9u);
  CAF_CHECK(got.count<publish>() <= 12u);
  CAF_CHECK_EQUAL(reactors[whole]->received.count<lease_change>(), 1u);
  CAF_CHECK_EQUAL(held(), 0u);
}

CAF_TEST(who is not connected gives up before anybody may see three seconds of silence) {
  start();
  answer();
  connection(false);
  pass(2500ms, 50ms);
  CAF_CHECK(holds_all());
  pass(250ms, 50ms);
  CAF_CHECK(!holds_all());
  CAF_MESSAGE("and takes it again when nobody else did");
  connection(true);
  live(500ms);
  CAF_CHECK(holds_all());
}

CAF_TEST(while the bucket has no leader everybody goes on) {
  share();
  pass(20s, 50ms);
  CAF_CHECK_EQUAL(held(), 8u);
  CAF_MESSAGE("and when it has one again nobody is taken for dead who is as late as we are");
  give(owner, connection_change{true});
  live(500ms);
  beat("other-0");
  live(2500ms);
  CAF_CHECK(table.members.contains("other-0"));
  CAF_CHECK_EQUAL(held(), 8u);
  CAF_MESSAGE("but who stays silent is");
  live(2s);
  CAF_CHECK(!table.members.contains("other-0"));
}

CAF_TEST(who was paused gives up before anything else) {
  share();
  advance_time(3s);
  consume_messages();
  CAF_CHECK_EQUAL(held(), 0u);
  live(500ms);
  CAF_CHECK_EQUAL(held(), 8u);
}

CAF_TEST(what is settled is written down and told to whoever gets a partition) {
  share();
  report(3, true, {}, 41);
  report(9, false, {}, 5);
  for (int i = 0; i < 5; ++i) {
    live(1s);
    beat("other-0");
  }
  CAF_CHECK_EQUAL(table.settled.up_to[3], 41u);
  auto next = table;
  next.settled.note(12, incarnation, 77);
  bucket_is(next);
  live(5s);
  CAF_CHECK_EQUAL(held(), 16u);
  auto told = reactors[12]->received.last<lease_change>();
  CAF_CHECK_EQUAL(told.settled.up_to[12], 77u);
  CAF_CHECK_EQUAL(told.settled.up_to[3], 41u);
}

CAF_TEST(a write counts from when it was sent) {
  start();
  answer();
  pass(1s, 50ms);
  CAF_REQUIRE_EQUAL(got.count<publish>(), 1u);
  nats_reply look;
  look.message = incoming::stored("$KV.tidings_leases.reactor", revision, table.render());
  give(owner, look);
  CAF_REQUIRE_EQUAL(got.count<publish>(), 2u);
  pass(1s, 50ms);
  published late;
  late.sequence = 2;
  give(owner, late);
  connection(false);
  pass(1250ms, 50ms);
  CAF_CHECK(holds_all());
  pass(750ms, 50ms);
  CAF_CHECK(!holds_all());
}

CAF_TEST(an entry that is no table is written anew) {
  start();
  revision = 5;
  nats_reply x;
  x.message = incoming::stored("$KV.tidings_leases.reactor", 5, "somebody");
  give(owner, x);
  CAF_CHECK_EQUAL(expected(got.last<publish>()), "5");
  answer_write();
  CAF_CHECK(holds_all());
}

CAF_TEST(a bucket that was made anew is joined again) {
  start();
  live(1s);
  revision = 0;
  give(owner, streams_ready{});
  live(1s);
  CAF_CHECK_EQUAL(table.whole, "me-0");
  CAF_CHECK(holds_all());
}

// ---- Several -------------------------------------------------------------------------------------------------------

CAF_TEST(partitions that somebody owns and renews are left alone) {
  start();
  bucket_is(owned_by_other());
  for (int i = 0; i < 10; ++i) {
    live(1s);
    beat("other-0");
  }
  CAF_CHECK_EQUAL(held(), 0u);
  CAF_CHECK(table.members.contains("me-0"));
}

CAF_TEST(what another one gives away is taken up to our share) {
  start();
  bucket_is(owned_by_other());
  live(500ms);
  auto next = table;
  for (uint32_t p = 4; p < 16; ++p) next.owners[p].clear();
  bucket_is(next);
  live(500ms);
  CAF_CHECK_EQUAL(held(), 8u);
  CAF_CHECK_EQUAL(table.owned_by("other-0"), 4u);
}

CAF_TEST(a stream that somebody consumes as a whole is left until it is shared out) {
  start();
  partition_table other;
  other.members["other-0"] = 1;
  other.whole = "other-0";
  bucket_is(other);
  live(500ms);
  CAF_CHECK_EQUAL(held(), 0u);
  CAF_CHECK(table.members.contains("me-0"));
  auto next = table;
  next.whole.clear();
  bucket_is(next);
  live(500ms);
  CAF_CHECK_EQUAL(held(), 8u);
}

CAF_TEST(a member that is silent for three seconds loses everything to us) {
  start();
  bucket_is(owned_by_other());
  answer();
  live(2750ms);
  CAF_CHECK(!holds_all());
  live(500ms);
  CAF_CHECK(holds_all());
  CAF_CHECK(!table.members.contains("other-0"));
}

CAF_TEST(on a server of our own members of another process are gone) {
  start(true);
  bucket_is(owned_by_other());
  answer();
  CAF_CHECK(holds_all());
}

CAF_TEST(on a server of our own another shard is not gone) {
  start(true);
  auto sibling = owned_by_other();
  sibling.members = {{"me-1", 1}};
  sibling.owners.fill("me-1");
  bucket_is(sibling);
  answer();
  CAF_CHECK_EQUAL(held(), 0u);
}

CAF_TEST(whoever joins makes us settle what is in flight and share the stream out) {
  start();
  live(500ms);
  stay_busy();
  beat("other-0");
  live(500ms);
  CAF_REQUIRE_EQUAL(draining_now.size(), 1u);
  CAF_CHECK_EQUAL(draining_now.front(), whole);
  CAF_MESSAGE("nothing is given away before it is settled");
  CAF_CHECK_EQUAL(table.whole, "me-0");
  for (int i = 0; i < 6; ++i) {
    beat("other-0");
    live(1s);
  }
  CAF_MESSAGE("or takes too long");
  CAF_CHECK_EQUAL(table.whole, "");
  CAF_CHECK_EQUAL(table.owned_by("me-0"), 8u);
  CAF_CHECK_EQUAL(table.owned_by("other-0"), 0u);
}

CAF_TEST(what settles at once is shared out at once) {
  start();
  live(500ms);
  beat("other-0");
  live(500ms);
  CAF_CHECK_EQUAL(table.whole, "");
  CAF_CHECK_EQUAL(table.owned_by("me-0"), 8u);
  CAF_CHECK_EQUAL(held(), 8u);
}

CAF_TEST(who has more than their share gives away only what is too much) {
  share();
  beat("third-0");
  live(500ms);
  CAF_CHECK_EQUAL(table.owned_by("me-0"), 6u);
  CAF_CHECK_EQUAL(table.owned_by("other-0"), 8u);
  CAF_CHECK_EQUAL(drained(), 3u); // and the stream as a whole before
}

CAF_TEST(what a dead member had is ours at once and the stream as a whole when it is calm) {
  share();
  live(4s);
  CAF_CHECK_EQUAL(table.owned_by("me-0"), 16u);
  CAF_CHECK_EQUAL(held(), 16u);
  live(8s);
  CAF_CHECK_EQUAL(table.owned_by("me-0"), 16u);
  live(3s);
  CAF_CHECK_EQUAL(table.whole, "me-0");
  CAF_CHECK(holds_all());
}

CAF_TEST(whoever joins while partitions are put together is not forgotten) {
  share();
  live(3s);
  stay_busy();
  live(10'500ms);
  CAF_CHECK_EQUAL(draining_now.size(), 16u);
  for (int i = 0; i < 8; ++i) {
    beat("third-0");
    live(1s);
  }
  CAF_CHECK_EQUAL(table.whole, "");
  CAF_CHECK_EQUAL(table.owned_by("me-0"), 8u);
}

CAF_TEST(who was taken for dead stops at once and joins again) {
  start();
  live(500ms);
  bucket_is(owned_by_other());
  live(500ms);
  CAF_CHECK(!holds_all());
  CAF_CHECK(table.members.contains("me-0"));
  CAF_CHECK_EQUAL(table.owned_by("other-0"), 16u);
}

CAF_TEST(a write that comes too late is decided anew) {
  start();
  nats_reply x;
  x.message = incoming::no_message();
  give(owner, x);
  bucket_is(owned_by_other());
  answer_write();
  CAF_CHECK_EQUAL(held(), 0u);
  CAF_CHECK(table.members.contains("me-0"));
}

CAF_TEST(a write whose fate is unknown is found out) {
  start();
  nats_reply x;
  x.message = incoming::no_message();
  give(owner, x);
  bucket_is(*partition_table::parse(got.last<publish>().what->data));
  published unknown;
  unknown.error = make_error(errc::outcome_unknown);
  give(owner, unknown);
  CAF_CHECK(!holds_all());
  live(500ms);
  CAF_CHECK(holds_all());
}

CAF_TEST(a leader of before is not believed) {
  start();
  live(500ms);
  nats_reply x;
  pass(250ms, 50ms);
  x.message = incoming::stored("$KV.tidings_leases.reactor", revision - 1, owned_by_other().render());
  give(owner, x);
  CAF_CHECK(holds_all());
}

CAF_TEST_FIXTURE_SCOPE_END()
