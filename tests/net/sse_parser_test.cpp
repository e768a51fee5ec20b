// SPDX-License-Identifier: MIT
#define CAF_SUITE sse_parser

#include <vector>

#include "net/sse.hpp"
#include "net/sse_parser.hpp"

#include <caf/test/dsl.hpp>

using namespace tidings::net;
using namespace std::chrono_literals;

namespace {

struct fixture {
  std::vector<sse_message> got;
  sse_parser parser{[this](const sse_message& x) { got.push_back(x); }};
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(sse_parser_tests, fixture)

CAF_TEST(what we write is read back in any pieces) {
  auto text =
      sse_comment("hello") + sse_retry(1500ms) + sse_event("7", "completed", "{\"a\":1}\nb") + sse_event({}, {}, "x");
  for (size_t size = 1; size < text.size(); ++size) {
    got.clear();
    parser.reset();
    for (size_t at = 0; at < text.size(); at += size)
      parser.feed(std::string_view{text}.substr(at, size));
    CAF_REQUIRE_EQUAL(got.size(), 2u);
    CAF_CHECK_EQUAL(got[0].id, "7");
    CAF_CHECK_EQUAL(got[0].event, "completed");
    CAF_CHECK_EQUAL(got[0].data, "{\"a\":1}\nb");
    CAF_CHECK_EQUAL(got[1].id, "7");
    CAF_CHECK_EQUAL(got[1].event, "message");
  }
  CAF_CHECK(parser.retry() == 1500ms);
}

CAF_TEST(every line end counts and a byte order mark does not ) {
  parser.feed("\xef\xbb\xbf"
              "data: a\r\ndata:b\rdata\n\r\n");
  CAF_REQUIRE_EQUAL(got.size(), 1u);
  CAF_CHECK_EQUAL(got[0].data, "a\nb\n");
}

CAF_TEST(an id without data is a position and an event cut short is not ) {
  parser.feed("id: 5\n\nid: 6\ndata: cut");
  CAF_CHECK(got.empty());
  CAF_CHECK_EQUAL(parser.last_event_id(), "5");
  parser.reset();
  parser.feed("data: x\n\n");
  CAF_REQUIRE_EQUAL(got.size(), 1u);
  CAF_CHECK_EQUAL(got[0].id, "5");
  CAF_CHECK_EQUAL(got[0].data, "x");
}

CAF_TEST(ids with NUL and retries that are not digits are ignored) {
  using namespace std::string_view_literals;
  parser.feed("id: 1\0002\nretry: 5s\nretry: -1\nretry:\nunknown: x\ndata: y\n\n"sv);
  CAF_REQUIRE_EQUAL(got.size(), 1u);
  CAF_CHECK_EQUAL(got[0].id, "");
  CAF_CHECK(!parser.retry());
}

CAF_TEST_FIXTURE_SCOPE_END()
