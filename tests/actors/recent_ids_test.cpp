// SPDX-License-Identifier: MIT
#define CAF_SUITE recent_ids

#include "actors/recent_ids.hpp"

#include <caf/test/unit_test.hpp>

using tidings::clock_time;
using tidings::recent_ids;
using namespace std::chrono_literals;

CAF_TEST(an id is new until somebody has it) {
  recent_ids x{2s};
  clock_time now{};
  CAF_CHECK(x.enter("a", now));
  CAF_CHECK(x.enter("b", now));
  CAF_CHECK(!x.enter("a", now));
}

CAF_TEST(an id that has left is known for a while) {
  recent_ids x{2s};
  clock_time now{};
  x.enter("a", now);
  x.leave("a", now + 10s);
  CAF_CHECK(!x.enter("a", now + 12s));
  x.leave("a", now + 12s);
  CAF_CHECK(x.enter("a", now + 15s));
}

CAF_TEST(an id that is under way is known however long that takes) {
  recent_ids x{2s};
  clock_time now{};
  x.enter("a", now);
  x.enter("a", now);
  x.leave("a", now);
  CAF_CHECK(!x.enter("a", now + 60s));
}

CAF_TEST(what is over takes no room) {
  recent_ids x{2s};
  clock_time now{};
  for (int i = 0; i < 1000; ++i, now += 1s) {
    x.enter(std::to_string(i), now);
    x.leave(std::to_string(i), now);
  }
  CAF_CHECK(x.size() <= 3u);
  x.leave("never entered", now);
  CAF_CHECK(x.size() <= 3u);
}
