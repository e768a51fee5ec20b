// SPDX-License-Identifier: MIT
#define CAF_SUITE partition_owner

#include "actors/partition_owner.hpp"

#include "actors/headers.hpp"
#include "tests/actors/fakes/models.hpp"

#include "tests/actors/fakes/fixture.hpp"

using namespace tidings;
using namespace std::chrono_literals;

namespace {

/// An owner, member `me-0`; the test plays the bucket and the reactors.
struct owner_fixture : actor_fixture {
  static constexpr uint32_t whole = subjects::partitions;

  partition_owner_actor owner;
  partition_table table; ///< What the bucket has.
  uint64_t revision = 0;
  std::vector<fake_script_ptr> reactors;

  void start(bool own_server = false, std::vector<read_model_actor> read_models = {}) {
    partition_owner_options options;
    options.read_models = std::move(read_models);
    options.gateway = fake<nats_gateway_actor>();
    options.readiness = fake<readiness_actor>();
    options.process = "me";
    options.own_server = own_server;
    for (uint32_t p = 0; p <= subjects::partitions; ++p) {
      auto [reactor, script] = lone_fake<partition_reactor>();
      options.reactors.push_back(reactor);
      reactors.push_back(script);
    }
    owner = kept(sys.spawn(partition_owner, std::move(options)));
    connection(true);
    give(owner, streams_ready{});
  }

  void connection(bool up) {
    connection_change x;
    x.connected = up;
    give(owner, x);
  }

  /// Somebody else writes.
  void bucket_is(partition_table now) {
    table = std::move(now);
    ++revision;
  }

  void beat(const std::string& member) {
    auto next = table;
    ++next.members[member];
    bucket_is(std::move(next));
  }

  /// The bucket answers the last look, if one is open, and the write that may follow.
  void answer() {
    if (looks_ == got.count<nats_request>()) return;
    looks_ = got.count<nats_request>();
    nats_reply x;
    x.message = revision == 0 ? incoming::nothing_there() : incoming::direct("$KV.tidings_leases.reactor", revision, table.render());
    give(owner, x);
    answer_write();
  }

  void answer_write() {
    if (writes_ == got.count<publish>()) return;
    writes_ = got.count<publish>();
    auto written = got.last<publish>();
    CAF_CHECK_EQUAL(written.subject, "$KV.tidings_leases.reactor");
    published x;
    if (expected(written) == std::to_string(revision)) {
      table = *partition_table::parse(written.data);
      x.sequence = ++revision;
    } else {
      x.error = make_error(errc::wrong_revision);
    }
    give(owner, x);
    answer();
  }

  /// Time in which the bucket answers.
  void live(milliseconds time) {
    for (; time.count() > 0; time -= 50ms) {
      answer();
      pass(50ms);
    }
    answer();
  }

  static std::string expected(const publish& x) {
    for (auto& [name, value] : x.headers)
      if (std::string_view{name} == entry_headers::expected) return value;
    return {};
  }

  bool holds(uint32_t p) const {
    auto& seen = reactors[p]->received;
    auto leases = seen.all<lease_change>();
    auto times = static_cast<size_t>(std::ranges::count(leases, true, &lease_change::held));
    return times > seen.count<drain_atom>() && leases.back().held;
  }
  bool holds_all() const { return holds(whole); }
  /// Partitions.
  uint32_t held() const {
    uint32_t result = 0;
    for (uint32_t p = 0; p < subjects::partitions; ++p) result += holds(p) ? 1 : 0;
    return result;
  }
  uint32_t drained() const {
    uint32_t result = 0;
    for (auto& x : reactors) result += x->received.count<drain_atom>() > 0 ? 1 : 0;
    return result;
  }

  /// Reactors keep whoever drains them waiting.
  void stay_busy() {
    for (uint32_t p = 0; p <= subjects::partitions; ++p)
      reactors[p]->answer<drain_atom, bool>([this, p](const drain_atom&) -> caf::result<bool> {
        draining_now.push_back(p);
        return caf::skip; // stays in the mailbox
      });
  }
  std::vector<uint32_t> draining_now;

  void report(uint32_t p, bool consuming, std::string trouble = {}) {
    partition_report x;
    x.partition = p;
    x.consuming = consuming;
    x.trouble = std::move(trouble);
    give(owner, x);
  }
  bool ready() const { return got.last<component_state>().ready; }

  /// Another member has half, and so have we.
  void share() {
    start();
    live(250ms);
    beat("other-0");
    live(500ms);
    auto next = table;
    for (auto& who : next.owners)
      if (who.empty()) who = "other-0";
    bucket_is(next);
    live(250ms);
    CAF_REQUIRE_EQUAL(held(), 8u);
    CAF_REQUIRE(!holds_all());
  }

  partition_table owned_by_other() const {
    partition_table x;
    x.members["other-0"] = 1;
    x.owners.fill("other-0");
    return x;
  }

  std::shared_ptr<std::optional<bool>> leave() {
    auto result = std::make_shared<std::optional<bool>>();
    kept(sys.spawn([this, result](caf::event_based_actor* me) {
      me->request(owner, caf::infinite, drain_atom::value).then([result](bool told) { *result = told; });
    }));
    consume_messages();
    return result;
  }

private:
  size_t looks_ = 0, writes_ = 0;
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(partition_owner_tests, owner_fixture)

// ---- Alone ---------------------------------------------------------------------------------------------------------

CAF_TEST(who is alone takes the stream as a whole by compare and set) {
  start();
  CAF_CHECK_EQUAL(got.last<nats_request>().subject, "$JS.API.DIRECT.GET.KV_tidings_leases");
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

CAF_TEST(who cannot write gives up before anybody may see three seconds of silence) {
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

CAF_TEST(a write counts from when it was sent) {
  start();
  answer();
  pass(1s, 50ms);
  CAF_REQUIRE_EQUAL(got.count<publish>(), 1u);
  nats_reply look;
  look.message = incoming::direct("$KV.tidings_leases.reactor", revision, table.render());
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
  x.message = incoming::direct("$KV.tidings_leases.reactor", 5, "somebody");
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
  x.message = incoming::nothing_there();
  give(owner, x);
  bucket_is(owned_by_other());
  answer_write();
  CAF_CHECK_EQUAL(held(), 0u);
  CAF_CHECK(table.members.contains("me-0"));
}

CAF_TEST(a write whose fate is unknown is found out) {
  start();
  nats_reply x;
  x.message = incoming::nothing_there();
  give(owner, x);
  bucket_is(*partition_table::parse(got.last<publish>().data));
  published unknown;
  unknown.error = make_error(errc::outcome_unknown);
  give(owner, unknown);
  CAF_CHECK(!holds_all());
  live(500ms);
  CAF_CHECK(holds_all());
}

CAF_TEST(a replica that is behind is not believed) {
  start();
  live(500ms);
  nats_reply x;
  pass(250ms, 50ms);
  x.message = incoming::direct("$KV.tidings_leases.reactor", revision - 1, owned_by_other().render());
  give(owner, x);
  CAF_CHECK(holds_all());
}

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
