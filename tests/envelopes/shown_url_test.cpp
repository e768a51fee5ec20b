// SPDX-License-Identifier: MIT
#define CAF_SUITE shown_url

#include "envelopes/shown_url.hpp"

#include <caf/test/unit_test.hpp>

using namespace tidings;

CAF_TEST(user and password are left out) {
  CAF_CHECK_EQUAL(without_secrets("nats://127.0.0.1:4222"), "nats://127.0.0.1:4222");
  CAF_CHECK_EQUAL(without_secrets("nats://user:secret@host:4222"), "nats://host:4222");
  CAF_CHECK_EQUAL(without_secrets("nats://token@host"), "nats://host");
  CAF_CHECK_EQUAL(without_secrets("user:se@cret@host:1"), "host:1");
  CAF_CHECK_EQUAL(without_secrets("tls://a:b@one,nats://two,c:d@three"), "tls://one,nats://two,three");
  CAF_CHECK_EQUAL(without_secrets(""), "");
}
