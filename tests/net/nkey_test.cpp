// SPDX-License-Identifier: MIT
#define CAF_SUITE nkey

#include "net/nkey.hpp"

#include <caf/test/unit_test.hpp>

#include "envelopes/errc.hpp"

using namespace tidings;

CAF_TEST(a seed has the public key that the nkeys library says) {
  // Made with npm nkeys.js.
  auto key = net::public_nkey("SUAAPPDBAQO43ZFRRHGWCC3T3UDODSK77SQW6V5AUAEUMH62FJ2D54AZSU");
  CAF_REQUIRE(key);
  CAF_CHECK_EQUAL(*key, "UDKCVA5MIAF6GOH5TE2T2SF54WFBRJPSSDSUBB7ONZDNX4LGOCIBGNM2");
}

CAF_TEST(what is no seed of a user is refused and not shown) {
  for (auto text : {"", "S", "SAANS3HTHYA6JAU6NIQZUHEKG7TQZJ6EE5LNDV2KNMDK32PRIOCK2E2GYU", "UDKCVA5MIAF6GOH5TE2T2SF54WFBRJPSSDSUBB7ONZDNX4LGOCIBGNM2", "SUAAPPDBAQO43ZFRRHGWAC3T3UDODSK77SQW6V5AUAEUMH62FJ2D54AZSU", "not a seed"}) {
    auto key = net::public_nkey(text);
    CAF_REQUIRE(!key);
    CAF_CHECK_EQUAL(failure_of(key.error()).detail, "it does not hold the seed of a user (SU...)");
  }
}
