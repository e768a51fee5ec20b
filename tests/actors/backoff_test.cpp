// SPDX-License-Identifier: MIT
#define CAF_SUITE backoff

#include "actors/backoff.hpp"

#include <set>

#include <caf/test/dsl.hpp>

using namespace tidings;
using namespace std::chrono_literals;

CAF_TEST(a pause is never longer than its step and never shorter than three quarters) {
  for (uint64_t who = 0; who < 2000; ++who) {
    auto step = 50ms;
    for (uint32_t failures = 0; failures < 40; ++failures, step = std::min(step * 2, 5000ms)) {
      auto pause = backoff(failures, who);
      CAF_REQUIRE(pause <= step);
      CAF_REQUIRE(pause >= step * 3 / 4);
      CAF_REQUIRE(failures == 0 || pause >= backoff(failures - 1, who));
    }
  }
}

CAF_TEST(what failed together does not come back together) {
  std::set<std::chrono::milliseconds> pauses;
  for (uint64_t who = 1; who <= 256; ++who) pauses.insert(backoff(7, who));
  CAF_CHECK(pauses.size() > 100);
  CAF_CHECK(*pauses.rbegin() - *pauses.begin() > 1s);
}
