// SPDX-License-Identifier: MIT
#define CAF_SUITE durability

#include "actors/durability.hpp"

#include <caf/test/unit_test.hpp>

using namespace tidings;

CAF_TEST(versions are read as servers write them) {
  CAF_CHECK(parse_version("2.9.10") == (server_version{2, 9, 10}));
  CAF_CHECK(parse_version("nats-server: v2.10.27\n") == (server_version{2, 10, 27}));
  CAF_CHECK(parse_version("2.11.0-preview.2") == (server_version{2, 11, 0}));
  for (auto* text : {"", "nats-server", "2", "2.", "2.9", "2.9.", "2.x.1", "99999999999.1.1"}) CAF_CHECK(!parse_version(text));
}

CAF_TEST(every write is synced from two ten on) {
  CAF_CHECK(!can_sync_always({2, 9, 99}));
  CAF_CHECK(can_sync_always({2, 10, 0}));
  CAF_CHECK(can_sync_always({3, 0, 0}));
}

CAF_TEST(os is never refused) {
  for (bool embedded : {true, false}) CAF_CHECK_EQUAL(refusal_of(durability::os, embedded, ""), "");
}

CAF_TEST(fsync is refused by a server that cannot and by one that does not say) {
  CAF_CHECK_EQUAL(refusal_of(durability::fsync, true, "nats-server: v2.10.0"), "");
  CAF_CHECK_EQUAL(refusal_of(durability::fsync, false, "2.15.1"), "");
  CAF_CHECK_EQUAL(refusal_of(durability::fsync, true, "nats-server: v2.9.10"),
                  "--durability fsync needs nats-server 2.10 or newer: the nats-server in PATH is 2.9.10, which cannot sync each write");
  CAF_CHECK(refusal_of(durability::fsync, false, "2.9.25").find("the NATS server is 2.9.25") != std::string::npos);
  CAF_CHECK(refusal_of(durability::fsync, false, "").find("does not say its version") != std::string::npos);
}

CAF_TEST(replicated needs servers elsewhere and three of them) {
  CAF_CHECK(refusal_of(durability::replicated, true, "2.15.1").find("--nats") != std::string::npos);
  CAF_CHECK_EQUAL(refusal_of(durability::replicated, false, "2.9.10"), "");
  CAF_CHECK_EQUAL(replicas_of(durability::replicated), 3u);
  CAF_CHECK_EQUAL(replicas_of(durability::os), 1u);
  CAF_CHECK_EQUAL(replicas_of(durability::fsync), 1u);
}

CAF_TEST(what is taken on trust is said) {
  CAF_CHECK(promise_of(durability::fsync, false).find("provided that") != std::string::npos);
  CAF_CHECK(promise_of(durability::fsync, true).find("provided that") == std::string::npos);
  CAF_CHECK(promise_of(durability::os, true).find("power cut") != std::string::npos);
}
