// SPDX-License-Identifier: MIT
#define CAF_SUITE reactor_lease

#include "actors/reactor_lease.hpp"

#include "actors/headers.hpp"
#include "tests/actors/fakes/models.hpp"

#include "tests/actors/fakes/fixture.hpp"

using namespace tidings;
using namespace std::chrono_literals;

namespace {

struct lease_fixture : actor_fixture {
  reactor_lease_actor lease;
  uint64_t revision = 0;

  void start(bool sole = false) {
    reactor_lease_options options;
    options.gateway = fake<nats_gateway_actor>();
    options.reactor = fake<lease_listener>();
    options.sole = sole;
    lease = kept(sys.spawn(reactor_lease, std::move(options)));
    connection(true);
    give(lease, streams_ready{});
  }

  void connection(bool up) {
    connection_change x;
    x.connected = up;
    give(lease, x);
  }

  /// The bucket's answer to the last look.
  void entry_is(net::nats_message message) {
    nats_reply x;
    x.cookie = got.last<nats_request>().cookie;
    x.message = std::move(message);
    give(lease, x);
  }

  void held_by_other(uint64_t at_revision) {
    entry_is(incoming::direct("$KV.tidings_leases.reactor", at_revision, "somebody"));
  }

  void written() {
    published x;
    x.cookie = got.last<publish>().cookie;
    x.sequence = ++revision;
    give(lease, x);
  }

  void write_fails(errc code) {
    published x;
    x.cookie = got.last<publish>().cookie;
    x.error = make_error(code);
    give(lease, x);
  }

  void start_holding() {
    start();
    entry_is(incoming::nothing_there());
    written();
    CAF_REQUIRE(holds());
  }

  bool holds() const { return got.count<lease_change>() > 0 && got.last<lease_change>().held; }
  size_t writes() const { return got.count<publish>(); }

  std::string expected_revision() const {
    for (auto& [name, value] : got.last<publish>().headers)
      if (std::string_view{name} == entry_headers::expected) return value;
    return {};
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(reactor_lease_tests, lease_fixture)

CAF_TEST(a lease that nobody has is taken by compare and set) {
  start();
  CAF_CHECK_EQUAL(got.last<nats_request>().subject, "$JS.API.DIRECT.GET.KV_tidings_leases");
  entry_is(incoming::nothing_there());
  CAF_CHECK_EQUAL(got.last<publish>().subject, "$KV.tidings_leases.reactor");
  CAF_CHECK_EQUAL(expected_revision(), "0");
  CAF_CHECK(!holds());
  written();
  CAF_CHECK(holds());
}

CAF_TEST(who loses the race for it does not hold it) {
  start();
  entry_is(incoming::nothing_there());
  write_fails(errc::wrong_revision);
  CAF_CHECK(!holds());
}

CAF_TEST(a lease that somebody renews is left alone) {
  start();
  for (uint64_t i = 1; i < 20; ++i) {
    held_by_other(i);
    pass(1s, 50ms);
  }
  CAF_CHECK_EQUAL(writes(), 0u);
}

CAF_TEST(a lease that was not renewed for three seconds is taken over) {
  start();
  held_by_other(7);
  for (int i = 0; i < 11; ++i) {
    pass(250ms, 50ms);
    held_by_other(7);
  }
  CAF_MESSAGE("2.75 s are not enough");
  CAF_CHECK_EQUAL(writes(), 0u);
  pass(250ms, 50ms);
  held_by_other(7);
  CAF_REQUIRE_EQUAL(writes(), 1u);
  CAF_CHECK_EQUAL(expected_revision(), "7");
}

CAF_TEST(a lease that was given back is taken at once) {
  start();
  entry_is(incoming::direct("$KV.tidings_leases.reactor", 9, "", {{entry_headers::operation, "DEL"}}));
  CAF_REQUIRE_EQUAL(writes(), 1u);
  CAF_CHECK_EQUAL(expected_revision(), "9");
}

CAF_TEST(where nobody else can be the lease is taken without waiting) {
  start(true);
  held_by_other(7);
  CAF_CHECK_EQUAL(writes(), 1u);
}

CAF_TEST(the holder renews every second with the revision it wrote last) {
  start_holding();
  for (size_t i = 1; i <= 5; ++i) {
    pass(1s, 50ms);
    CAF_REQUIRE_EQUAL(writes(), i + 1);
    CAF_CHECK_EQUAL(expected_revision(), std::to_string(i));
    written();
  }
  CAF_CHECK_EQUAL(got.count<lease_change>(), 1u);
}

CAF_TEST(a holder that cannot renew gives up before anybody else may take over) {
  start_holding();
  connection(false);
  pass(2500ms, 50ms);
  CAF_CHECK(holds());
  pass(250ms, 50ms);
  CAF_CHECK(!holds());
}

CAF_TEST(a renewal counts from when it was sent) {
  start_holding();
  pass(1s, 50ms);
  CAF_REQUIRE_EQUAL(writes(), 2u);
  pass(1s, 50ms);
  written();
  connection(false);
  CAF_MESSAGE("the write was sent a second ago");
  pass(1400ms, 50ms);
  CAF_CHECK(holds());
  pass(400ms, 50ms);
  CAF_CHECK(!holds());
}

CAF_TEST(a holder that was overwritten stops at once) {
  start_holding();
  pass(1s, 50ms);
  write_fails(errc::wrong_revision);
  CAF_CHECK(!holds());
}

CAF_TEST(a renewal whose fate is unknown is tried again while there is time) {
  start_holding();
  pass(1s, 50ms);
  write_fails(errc::outcome_unknown);
  CAF_CHECK(holds());
  pass(250ms, 50ms);
  CAF_CHECK_EQUAL(writes(), 3u);
}

CAF_TEST(giving back leaves a tombstone for the next one and ends all writing) {
  start_holding();
  give(lease, drain_atom::value);
  auto mark = got.last<emit>();
  CAF_CHECK_EQUAL(mark.subject, "$KV.tidings_leases.reactor");
  CAF_CHECK(std::ranges::any_of(mark.headers, [](auto& x) { return x.second == "DEL"; }));
  auto before = writes();
  pass(5s, 50ms);
  CAF_CHECK_EQUAL(writes(), before);
}

CAF_TEST(giving back while a renewal is under way does not take the lease again) {
  start_holding();
  pass(1s, 50ms);
  give(lease, drain_atom::value);
  CAF_CHECK_EQUAL(got.count<emit>(), 0u);
  written();
  CAF_MESSAGE("the tombstone comes behind that renewal");
  CAF_REQUIRE_EQUAL(got.count<emit>(), 1u);
  CAF_CHECK(std::ranges::any_of(got.last<emit>().headers, [](auto& x) { return x.second == "2"; }));
  CAF_CHECK_EQUAL(got.count<lease_change>(), 1u);
  auto before = writes();
  pass(5s, 50ms);
  CAF_CHECK_EQUAL(writes(), before);
}

CAF_TEST_FIXTURE_SCOPE_END()
