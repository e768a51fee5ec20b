// SPDX-License-Identifier: MIT
#define CAF_SUITE utf8
#include "envelopes/utf8.hpp"

#include <string>

#include <caf/test/unit_test.hpp>

using namespace tidings;

CAF_TEST(each form is taken at both of its ends) {
  for (auto* text : {"", "a", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"})
    CAF_CHECK(is_utf8(text));
}

CAF_TEST(overlong forms surrogates and what is beyond Unicode are not ) {
  for (auto* text : {"\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"})
    CAF_CHECK(!is_utf8(text));
}

CAF_TEST(what is cut short or goes on alone is not ) {
  for (auto* text : {"\x80", "a\xbf", "\xc3", "\xc3(", "\xe2\x82", "\xe2(\xa1", "\xf0\x9f\x98", "\xf0\x9f(\x98", "\xf0(\x98\x80"})
    CAF_CHECK(!is_utf8(text));
}
