// SPDX-License-Identifier: MIT
#define CAF_SUITE admission

#include "actors/admission.hpp"

#include <caf/test/dsl.hpp>

using namespace tidings;

CAF_TEST(the limit itself may wait and one more is too many) {
  admission x{100};
  CAF_CHECK(!x.take(100));
  CAF_CHECK(!x.full());
  CAF_CHECK(x.take(101));
  CAF_CHECK(x.full());
}

CAF_TEST(around the limit it does not flap) {
  admission x{100};
  x.take(101);
  for (uint64_t waiting : {100, 90, 105, 81}) {
    CAF_CHECK(!x.take(waiting));
    CAF_CHECK(x.full());
  }
  CAF_CHECK(x.take(80));
  CAF_CHECK(!x.full());
  CAF_CHECK(!x.take(100));
  CAF_CHECK(!x.full());
}

CAF_TEST(without a limit it is never full) {
  admission x{0};
  x.take(1'000'000'000);
  CAF_CHECK(!x.full());
  CAF_CHECK(!x.close());
}

CAF_TEST(a limit of one is kept) {
  admission x{1};
  x.take(1);
  CAF_CHECK(!x.full());
  x.take(2);
  CAF_CHECK(x.full());
  x.take(1);
  CAF_CHECK(!x.full());
}

CAF_TEST(clients are sent away for as long as the work takes) {
  admission x{1000};
  x.take(1400);
  CAF_MESSAGE("600 until there is room");
  CAF_CHECK_EQUAL(x.retry_after(100.0), 6u);
  CAF_CHECK_EQUAL(x.retry_after(101.0), 6u);
  CAF_CHECK_EQUAL(x.retry_after(10'000.0), 1u);
}

CAF_TEST(while nothing moves or nothing is known clients are sent away for longest) {
  admission x{1000};
  x.take(1400);
  CAF_CHECK_EQUAL(x.retry_after(0.0), admission::longest_retry);
  CAF_CHECK_EQUAL(x.retry_after(1e-9), admission::longest_retry);
  CAF_CHECK_EQUAL(x.retry_after({}), admission::longest_retry);
}

CAF_TEST(from half of the limit on it is worth looking closely) {
  admission x{100};
  x.take(49);
  CAF_CHECK(!x.close());
  x.take(50);
  CAF_CHECK(x.close());
}
