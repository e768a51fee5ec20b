// SPDX-License-Identifier: MIT
#define CAF_SUITE request_quota

#include "actors/request_quota.hpp"

#include <caf/test/unit_test.hpp>

using namespace tidings;
using namespace std::chrono_literals;

CAF_TEST(twice the rate at once and then the rate) {
  request_quota quota{10};
  request_quota::clock::time_point now{1h};
  for (int i = 0; i < 20; ++i) CAF_CHECK(quota.admit("a", now));
  CAF_CHECK(!quota.admit("a", now));
  CAF_CHECK(quota.admit("b", now));
  CAF_CHECK(!quota.admit("a", now + 99ms));
  CAF_CHECK(quota.admit("a", now + 201ms));
  int admitted = 0;
  for (int i = 0; i < 100; ++i) admitted += quota.admit("a", now + 1s);
  CAF_CHECK(admitted >= 7 && admitted <= 9);
}

CAF_TEST(silence does not save up more) {
  request_quota quota{1};
  request_quota::clock::time_point now{1h};
  CAF_CHECK(quota.admit("a", now));
  now += 1h;
  CAF_CHECK(quota.admit("a", now));
  CAF_CHECK(quota.admit("a", now));
  CAF_CHECK(!quota.admit("a", now));
}

CAF_TEST(more callers than can be told apart share one quota and old ones are forgotten) {
  request_quota quota{1};
  request_quota::clock::time_point now{1h};
  for (size_t i = 0; i < request_quota::max_callers; ++i) CAF_REQUIRE(quota.admit(std::to_string(i), now));
  int admitted = 0;
  for (int i = 0; i < 100; ++i) admitted += quota.admit("new" + std::to_string(i), now);
  CAF_CHECK_EQUAL(admitted, 2);
  CAF_CHECK_EQUAL(quota.callers(), request_quota::max_callers);
  CAF_CHECK(quota.admit("later", now + 3s));
  CAF_CHECK_EQUAL(quota.callers(), 1u);
}
