// SPDX-License-Identifier: MIT
#define CAF_SUITE token

#include "envelopes/token.hpp"

#include <caf/all.hpp>

#include "envelopes/errc.hpp"

#include <caf/test/dsl.hpp>

using namespace tidings;

CAF_TEST(letters digits underscore and dash are the only bytes a token may have) {
  for (int byte = 0; byte < 256; ++byte) {
    auto c = static_cast<char>(byte);
    auto good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    CAF_MESSAGE("byte " << byte << " at the start, in the middle and at the end");
    CAF_CHECK_EQUAL(is_token(std::string{c} + "ab"), good);
    CAF_CHECK_EQUAL(is_token(std::string{"a"} + c + "b"), good);
    CAF_CHECK_EQUAL(is_token(std::string{"ab"} + c), good);
  }
}

CAF_TEST(a token has between 1 and 64 bytes) {
  CAF_CHECK(!is_token(""));
  CAF_CHECK(is_token("a"));
  CAF_CHECK(is_token(std::string(64, 'a')));
  CAF_CHECK(!is_token(std::string(65, 'a')));
}

CAF_TEST(a refusal names the thing but does not repeat the text) {
  auto admitted = token::admit("evil\r\nSUB >", "command type");
  CAF_REQUIRE(!admitted);
  CAF_CHECK(code_of(admitted.error()) == errc::invalid_token);
  auto detail = failure_of(admitted.error()).detail;
  CAF_CHECK(detail.find("command type") != std::string::npos);
  CAF_CHECK(detail.find("evil") == std::string::npos);
}

CAF_TEST(an admitted token keeps its text) {
  auto admitted = token::admit("CreateUser-2_x", "command type");
  CAF_REQUIRE(admitted);
  CAF_CHECK_EQUAL(admitted->str(), "CreateUser-2_x");
}
