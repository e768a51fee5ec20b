// SPDX-License-Identifier: MIT
#define CAF_SUITE http_message

#include "net/http_message.hpp"

#include <caf/test/unit_test.hpp>

using namespace tidings::net;
using namespace std::string_view_literals;

namespace {

using pairs = std::vector<std::pair<std::string, std::string>>;

} // namespace

CAF_TEST(a header is found by its name in lower case and the first one counts) {
  http_request request;
  request.headers = {{"a", "1"}, {"b", "2"}, {"a", "3"}};
  CAF_CHECK_EQUAL(request.header("a"), "1"sv);
  CAF_CHECK_EQUAL(request.header("b"), "2"sv);
  CAF_CHECK_EQUAL(request.header("c"), ""sv);
  CAF_CHECK_EQUAL(request.header_list("a"), "1, 3");
  CAF_CHECK_EQUAL(request.header_list("b"), "2");
  CAF_CHECK_EQUAL(request.header_list("c"), "");
}

CAF_TEST(a query string is pairs in their order) {
  CAF_CHECK_EQUAL(parse_query_string(""), (pairs{}));
  CAF_CHECK_EQUAL(parse_query_string("a=1&b=2&a=3"), (pairs{{"a", "1"}, {"b", "2"}, {"a", "3"}}));
  CAF_CHECK_EQUAL(parse_query_string("a"), (pairs{{"a", ""}}));
  CAF_CHECK_EQUAL(parse_query_string("a=&=b&="), (pairs{{"a", ""}, {"", "b"}, {"", ""}}));
  CAF_CHECK_EQUAL(parse_query_string("&&a=1&&"), (pairs{{"a", "1"}}));
  CAF_CHECK_EQUAL(parse_query_string("a=b=c"), (pairs{{"a", "b=c"}}));
}

CAF_TEST(plus is a space and escapes are decoded once) {
  CAF_CHECK_EQUAL(parse_query_string("a+b=c%20d%2Be&%61=%2541"), (pairs{{"a b", "c d+e"}, {"a", "%41"}}));
  CAF_CHECK_EQUAL(parse_query_string("a=%26%3d"), (pairs{{"a", "&="}}));
}

CAF_TEST(a bad escape is kept as written) {
  CAF_CHECK_EQUAL(parse_query_string("a=%&b=%4&c=%zz&d=%%41&e=100%"),
                  (pairs{{"a", "%"}, {"b", "%4"}, {"c", "%zz"}, {"d", "%A"}, {"e", "100%"}}));
}
