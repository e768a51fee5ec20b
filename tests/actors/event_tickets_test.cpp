// SPDX-License-Identifier: MIT
#define CAF_SUITE event_tickets

#include "actors/event_tickets.hpp"
#include "envelopes/errc.hpp"

#include <caf/test/unit_test.hpp>

using namespace tidings;
using namespace std::chrono_literals;

namespace {

struct fixture {
  event_tickets tickets;
  event_tickets::clock::time_point now{};
  caller anna{*token::admit("anna", "owner"), {"editor"}, std::nullopt};

  caller number(size_t i) { return {*token::admit("o" + std::to_string(i), "owner"), {}, std::nullopt}; }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(event_tickets_tests, fixture)

CAF_TEST(a ticket stands for its caller once) {
  auto ticket = *tickets.issue(anna, now);
  CAF_CHECK(*tickets.issue(anna, now) != ticket);
  auto who = tickets.redeem(ticket, now + 29s);
  CAF_REQUIRE(who);
  CAF_CHECK(who->owner == anna.owner);
  CAF_CHECK(who->roles.contains("editor"));
  CAF_CHECK(!tickets.redeem(ticket, now));
  CAF_CHECK(!tickets.redeem("", now));
}

CAF_TEST(it is good for 30 s and then forgotten) {
  auto ticket = *tickets.issue(anna, now);
  CAF_CHECK(!tickets.redeem(ticket, now + 30s));
  CAF_CHECK_EQUAL(tickets.size(), 0u);
}

CAF_TEST(an owner has so many and gets others when they are used) {
  std::string last;
  for (size_t i = 0; i < event_tickets::most_of_one; ++i) last = *tickets.issue(anna, now);
  auto refused = tickets.issue(anna, now);
  CAF_REQUIRE(!refused);
  CAF_CHECK(code_of(refused.error()) == errc::too_many_requests);
  CAF_CHECK(tickets.issue(number(1), now));
  CAF_CHECK(tickets.redeem(last, now));
  CAF_CHECK(tickets.issue(anna, now));
}

CAF_TEST(the table has a bound that nobody gets around by using them at once) {
  for (size_t i = 0; i < event_tickets::most; ++i) CAF_REQUIRE(tickets.redeem(*tickets.issue(number(i % 1000), now), now));
  auto refused = tickets.issue(anna, now);
  CAF_REQUIRE(!refused);
  CAF_CHECK(code_of(refused.error()) == errc::too_many_requests);
  CAF_CHECK(tickets.issue(anna, now + 30s));
}

CAF_TEST_FIXTURE_SCOPE_END()
