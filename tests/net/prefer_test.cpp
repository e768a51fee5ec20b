// SPDX-License-Identifier: MIT
#define CAF_SUITE prefer

#include "net/prefer.hpp"

#include <caf/test/unit_test.hpp>

using namespace tidings::net;

namespace {

/// Seconds, or -1 without a preference.
long wait_of(std::string_view prefer) {
  auto wait = preferred_wait(prefer);
  return wait ? static_cast<long>(wait->count()) : -1;
}

} // namespace

CAF_TEST(wait is a number of whole seconds) {
  CAF_CHECK_EQUAL(wait_of("wait=10"), 10);
  CAF_CHECK_EQUAL(wait_of("wait=0"), 0);
  CAF_CHECK_EQUAL(wait_of("WAIT = 007"), 7);
  CAF_CHECK_EQUAL(wait_of("  wait=3  "), 3);
}

CAF_TEST(a malformed wait is no wait) {
  for (auto prefer : {"", "wait", "wait=", "wait=-1", "wait=+1", "wait=1.5", "wait=1s", "wait=\"5\"", "wait=0x5",
                      "wait==5", "await=5", "wait:5", "=5", "wait=5 6"}) {
    CAF_MESSAGE(prefer);
    CAF_CHECK_EQUAL(wait_of(prefer), -1);
  }
}

CAF_TEST(other preferences and parameters are ignored) {
  CAF_CHECK_EQUAL(wait_of("respond-async, wait=5"), 5);
  CAF_CHECK_EQUAL(wait_of("return=minimal,,wait=5;foo=bar"), 5);
  CAF_CHECK_EQUAL(wait_of("respond-async; wait=5"), -1);
  CAF_CHECK_EQUAL(wait_of("note=\"a, wait=3\", wait=5"), 5);
  CAF_CHECK_EQUAL(wait_of("note=\"a\\\", wait=3\", wait=5"), 5);
  CAF_CHECK_EQUAL(wait_of("note=\"unfinished, wait=3"), -1);
}

CAF_TEST(the first wait wins) {
  CAF_CHECK_EQUAL(wait_of("wait=1, wait=2"), 1);
  CAF_CHECK_EQUAL(wait_of("wait=x, wait=2"), 2);
}

CAF_TEST(nobody waits longer than a day) {
  CAF_CHECK_EQUAL(wait_of("wait=86399"), 86399);
  CAF_CHECK_EQUAL(wait_of("wait=86400"), 86400);
  CAF_CHECK_EQUAL(wait_of("wait=86401"), 86400);
  CAF_CHECK_EQUAL(wait_of("wait=99999999999999999999999999999"), 86400);
}
