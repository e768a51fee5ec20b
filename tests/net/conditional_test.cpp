// SPDX-License-Identifier: MIT
#define CAF_SUITE conditional

#include "net/conditional.hpp"

#include <caf/test/unit_test.hpp>

using namespace tidings::net;
using namespace std::string_view_literals;

namespace {

constexpr entity_tag strong_12{"12", false};
constexpr entity_tag weak_12{"12", true};

} // namespace

CAF_TEST(a tag survives rendering and parsing) {
  CAF_CHECK_EQUAL(render_etag(strong_12), "\"12\"");
  CAF_CHECK_EQUAL(render_etag(weak_12), "W/\"12\"");
  auto tag = parse_etag("W/\"12\"");
  CAF_REQUIRE(tag.has_value());
  CAF_CHECK_EQUAL(tag->opaque, "12"sv);
  CAF_CHECK(tag->weak);
  CAF_CHECK(parse_etag("\"\"").has_value());
  CAF_CHECK(parse_etag("\"a\\b,c\"").has_value());
}

CAF_TEST(what is not exactly one quoted tag is no tag) {
  for (auto text : {"", "12", "\"12", "12\"", "w/\"12\"", "W\"12\"", "W/12", "\"1\"2\"", "\"1 2\"", "\"1\n2\"",
                    "\"12\" ", " \"12\"", "*", "\"1\",\"2\"", "W/ \"12\""})
    CAF_CHECK(!parse_etag(text).has_value());
}

CAF_TEST(the comparison table of RFC 9110 holds) {
  CAF_CHECK(!strongly_equal({"1", true}, {"1", true}));
  CAF_CHECK(weakly_equal({"1", true}, {"1", true}));
  CAF_CHECK(!strongly_equal({"1", true}, {"2", true}));
  CAF_CHECK(!weakly_equal({"1", true}, {"2", true}));
  CAF_CHECK(!strongly_equal({"1", true}, {"1", false}));
  CAF_CHECK(weakly_equal({"1", true}, {"1", false}));
  CAF_CHECK(strongly_equal({"1", false}, {"1", false}));
  CAF_CHECK(weakly_equal({"1", false}, {"1", false}));
}

CAF_TEST(a precondition for none compares weakly and finds a tag anywhere in the list) {
  for (auto field : {"\"12\"", "W/\"12\"", "\"1\", \"12\"", "\"12\",\"x\"", " , ,\"1\" ,W/\"12\", ", "\"a,b\", \"12\"",
                     "*", " * "}) {
    CAF_MESSAGE(field);
    CAF_CHECK(none_match_fails(field, strong_12));
  }
  for (auto field : {"", "\"1\"", "\"2\"", "\"112\"", "\"1,12\"", ","})
    CAF_CHECK(!none_match_fails(field, strong_12));
}

CAF_TEST(a malformed precondition for none gets the full answer) {
  for (auto field : {"12", "\"12\" \"13\"", "\"12\", x", "\"12\", *", "\"12", "\"x\" 12", "**"})
    CAF_CHECK(!none_match_fails(field, strong_12));
}

CAF_TEST(nothing matches a resource that does not exist) {
  CAF_CHECK(!none_match_fails("*", std::nullopt));
  CAF_CHECK(!none_match_fails("\"12\"", std::nullopt));
  CAF_CHECK(!match_holds("*", std::nullopt));
  CAF_CHECK(!match_holds("\"12\"", std::nullopt));
  CAF_CHECK(match_holds("", std::nullopt));
}

CAF_TEST(a precondition for a match compares strongly) {
  for (auto field : {"", "*", "\"12\"", "\"1\", \"12\"", "W/\"12\", \"12\""})
    CAF_CHECK(match_holds(field, strong_12));
  for (auto field : {"W/\"12\"", "\"1\"", "12", "\"12\", x", ","})
    CAF_CHECK(!match_holds(field, strong_12));
  CAF_CHECK(!match_holds("\"12\"", weak_12));
}
