// SPDX-License-Identifier: MIT
#define CAF_SUITE key_renewal

#include "identity/key_renewal.hpp"

#include <caf/test/unit_test.hpp>

using namespace tidings;
using namespace std::chrono_literals;

namespace {

struct fixture {
  int fetched = 0, told = 0;
  std::function<void()> answer;
  key_renewal::clock::time_point now{1h};
  std::shared_ptr<key_renewal> renewal = std::make_shared<key_renewal>(
    [this](std::function<void()> done) {
      ++fetched;
      answer = std::move(done);
    },
    30s);

  bool wait() {
    return renewal->wait([this] { ++told; }, now);
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(key_renewal_tests, fixture)

CAF_TEST(all who come while an answer is due wait for that one) {
  for (int i = 0; i < 5; ++i) CAF_CHECK(wait());
  CAF_CHECK_EQUAL(fetched, 1);
  CAF_CHECK_EQUAL(told, 0);
  answer();
  CAF_CHECK_EQUAL(told, 5);
  CAF_CHECK_EQUAL(fetched, 1);
}

CAF_TEST(until the cooldown is over nobody makes us ask) {
  CAF_CHECK(wait());
  answer();
  now += 29999ms;
  for (int i = 0; i < 1000; ++i) CAF_CHECK(!wait());
  CAF_CHECK_EQUAL(fetched, 1);
  now += 1ms;
  CAF_CHECK(wait());
  CAF_CHECK_EQUAL(fetched, 2);
}

CAF_TEST(an answer that takes longer than the cooldown is still the only one under way) {
  CAF_CHECK(wait());
  now += 60s;
  CAF_CHECK(wait());
  CAF_CHECK_EQUAL(fetched, 1);
  answer();
  CAF_CHECK_EQUAL(told, 2);
}

CAF_TEST(asking at a set time counts and needs no cooldown) {
  renewal->renew(now);
  renewal->renew(now);
  CAF_CHECK_EQUAL(fetched, 1);
  CAF_CHECK(wait());
  answer();
  CAF_CHECK_EQUAL(told, 1);
  CAF_CHECK(!wait());
  renewal->renew(now);
  CAF_CHECK_EQUAL(fetched, 2);
}

CAF_TEST(no more than a bounded number is held) {
  for (size_t i = 0; i < key_renewal::most_waiting; ++i) CAF_CHECK(wait());
  CAF_CHECK(!wait());
  answer();
  CAF_CHECK_EQUAL(told, static_cast<int>(key_renewal::most_waiting));
}

CAF_TEST(whoever is told may ask again at once and is refused) {
  bool again = true;
  renewal->wait([&] { again = wait(); }, now);
  answer();
  CAF_CHECK(!again);
}

CAF_TEST(an answer that comes after the end finds nobody) {
  CAF_CHECK(wait());
  renewal.reset();
  answer();
  CAF_CHECK_EQUAL(told, 0);
}

CAF_TEST_FIXTURE_SCOPE_END()
