// SPDX-License-Identifier: MIT
#define CAF_SUITE ids

#include "envelopes/ids.hpp"

#include <set>
#include <thread>

#include <caf/all.hpp>

#include "envelopes/token.hpp"

#include <caf/test/dsl.hpp>

using namespace tidings;

CAF_TEST(ids look like their kind and a random uuid) {
  auto id = make_command_id();
  CAF_MESSAGE(id);
  CAF_CHECK_EQUAL(id.size(), 40u);
  CAF_CHECK_EQUAL(id.substr(0, 4), "cmd-");
  CAF_CHECK_EQUAL(id[12], '-');
  CAF_CHECK_EQUAL(id[18], '4');
  CAF_CHECK(std::string{"89ab"}.find(id[23]) != std::string::npos);
  CAF_CHECK_EQUAL(make_query_id().substr(0, 4), "qry-");
  CAF_CHECK(is_token(id));
}

CAF_TEST(ids do not repeat) {
  std::set<std::string> seen;
  for (int i = 0; i < 10'000; ++i)
    seen.insert(make_command_id());
  CAF_CHECK_EQUAL(seen.size(), 10'000u);
}

CAF_TEST(threads do not share random bytes) {
  std::string other;
  std::thread{[&] { other = make_session_id(); }}.join();
  CAF_CHECK_NOT_EQUAL(other, make_session_id());
}

CAF_TEST(a session id is 32 hex digits) {
  auto id = make_session_id();
  CAF_CHECK_EQUAL(id.size(), 32u);
  CAF_CHECK_EQUAL(id.find_first_not_of("0123456789abcdef"), std::string::npos);
}

CAF_TEST(the same owner and key always mean the same command) {
  auto id = derive_command_id("alice", "key-1");
  CAF_CHECK_EQUAL(id, derive_command_id("alice", "key-1"));
  CAF_CHECK_NOT_EQUAL(id, derive_command_id("bob", "key-1"));
  CAF_CHECK_NOT_EQUAL(id, derive_command_id("alice", "key-2"));
  CAF_CHECK(is_token(id));
  CAF_CHECK_EQUAL(id.size(), 40u);
}

CAF_TEST(the border between owner and key matters) {
  CAF_CHECK_NOT_EQUAL(derive_command_id("ab", "c"), derive_command_id("a", "bc"));
}

CAF_TEST(digests are those of FIPS 180) {
  CAF_CHECK_EQUAL(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CAF_CHECK_EQUAL(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}
