// SPDX-License-Identifier: MIT
#define CAF_SUITE base64url

#include "identity/base64url.hpp"

#include <caf/test/unit_test.hpp>

using namespace tidings;

CAF_TEST(bytes come back as they were) {
  CAF_CHECK(decode_base64url("") == "");
  CAF_CHECK(decode_base64url("Zg") == "f");
  CAF_CHECK(decode_base64url("Zm8") == "fo");
  CAF_CHECK(decode_base64url("Zm9v") == "foo");
  CAF_CHECK(decode_base64url("Zm9vYg") == "foob");
  CAF_CHECK(decode_base64url("_-8") == "\xff\xef");
}

CAF_TEST(no two texts mean the same bytes) {
  for (auto text : {"Zg=", "Zg==", "Zh", "Zm9", "Z", "Zm9vY", "+/8", "Zm 9v", "Zm9v\n", "Zg.", "\xc3\xa4\xc3\xa4"}) CAF_CHECK(!decode_base64url(text));
  CAF_CHECK(!decode_base64url(std::string_view{"Zm\0v", 4}));
}
