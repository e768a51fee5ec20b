// SPDX-License-Identifier: MIT
#define CAF_SUITE progress_text

#include "app/progress_text.hpp"

#include <caf/test/unit_test.hpp>

using namespace tidings;
using namespace std::chrono_literals;

CAF_TEST(numbers and durations are for people) {
  CAF_CHECK_EQUAL(with_commas(0), "0");
  CAF_CHECK_EQUAL(with_commas(999), "999");
  CAF_CHECK_EQUAL(with_commas(1'000), "1,000");
  CAF_CHECK_EQUAL(with_commas(1'234'567), "1,234,567");
  CAF_CHECK_EQUAL(duration_text(59s), "59 s");
  CAF_CHECK_EQUAL(duration_text(200s), "3 min 20 s");
  CAF_CHECK_EQUAL(duration_text(7'500s), "2 h 5 min");
}

CAF_TEST(progress says how far and how fast and how long) {
  CAF_CHECK_EQUAL(progress_text("commands", 120'000, 480'000, 2s), "commands  120,000 of 480,000  25 %  60,000/s  6 s left");
  CAF_CHECK_EQUAL(progress_text("commands", 480'000, 480'000, 8s), "commands  480,000 of 480,000  100 %  60,000/s");
  CAF_MESSAGE("and nothing that it cannot know");
  CAF_CHECK_EQUAL(progress_text("commands", 0, 10, 5s), "commands  0 of 10  0 %");
  CAF_CHECK_EQUAL(progress_text("commands", 5, 10, 0s), "commands  5 of 10  50 %");
  CAF_CHECK_EQUAL(progress_text("keys", 7, 0, 1s), "keys  7  7/s");
}
