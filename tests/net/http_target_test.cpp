// SPDX-License-Identifier: MIT
#define CAF_SUITE http_target

#include "net/http_target.hpp"

#include <caf/test/unit_test.hpp>

using namespace tidings::net;

namespace {

/// The normalised path, or "refused".
std::string normal(std::string_view path) {
  auto result = normalise_path(path);
  return result ? std::move(*result) : "refused";
}

} // namespace

CAF_TEST(unreserved characters are decoded once) {
  CAF_CHECK_EQUAL(normal("/%61%5A%7e%2D%5f%2E9"), "/aZ~-_.9");
  CAF_CHECK_EQUAL(normal("/%2561"), "/%2561");
  CAF_CHECK_EQUAL(normal("/%25252e"), "/%25252e");
}

CAF_TEST(other escapes stay and have one spelling) {
  CAF_CHECK_EQUAL(normal("/a%20b%c3%a4%3b%3f%23"), "/a%20b%C3%A4%3B%3F%23");
}

CAF_TEST(nothing else is collapsed) {
  for (auto path : {"/", "//", "/a//b", "/a/", "/a;b=c/d", "/a:b@c!$&'()*+,=", "/...", "/a.b", "/.a", "/..a", "/a..",
                    "/..;/x", "/.;"})
    CAF_CHECK_EQUAL(normal(path), path);
}

CAF_TEST(dot segments are refused however they are written) {
  for (auto path : {"/.", "/..", "/a/.", "/a/..", "/./a", "/../a", "/a/../b", "/%2e", "/%2E%2e/a", "/.%2e", "/a/%2e./b",
                    "//../a"}) {
    CAF_MESSAGE(path);
    CAF_CHECK_EQUAL(normal(path), "refused");
  }
}

CAF_TEST(escaped slashes and backslashes and control bytes are refused) {
  for (auto path :
       {"/a%2fb", "/a%2Fb", "/a%5cb", "/a%5Cb", "/%00", "/a%00", "/%0d%0a", "/%01", "/%1f", "/%7f", "/a\\b"})
    CAF_CHECK_EQUAL(normal(path), "refused");
}

CAF_TEST(bad escapes are refused) {
  for (auto path : {"/%", "/%4", "/%4g", "/%g4", "/%%41", "/a%", "/%u0041", "/%+1", "/% 1"})
    CAF_CHECK_EQUAL(normal(path), "refused");
}

CAF_TEST(a path starts with a slash and has only path characters) {
  for (auto path : {"", "a", "*", "?", "/a b", "/a\"", "/a<", "/a>", "/a^", "/a`", "/a{b}", "/a|b", "/\x80", "/\x01",
                    "/a#b", "/a?b", "/[a]"})
    CAF_CHECK_EQUAL(normal(path), "refused");
}

CAF_TEST(normalising twice changes nothing) {
  for (auto path : {"/%61%20%25/x;y", "/%2541", "/a%c3b"}) {
    auto once = normal(path);
    CAF_CHECK_EQUAL(normal(once), once);
  }
}
