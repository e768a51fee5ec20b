// SPDX-License-Identifier: MIT
#define CAF_SUITE sse

#include "net/sse.hpp"

#include <caf/test/unit_test.hpp>

using namespace tidings::net;
using namespace std::chrono_literals;
using namespace std::string_view_literals;

CAF_TEST(an event is its fields and an empty line) {
  CAF_CHECK_EQUAL(sse_event("17", "completed", "{\"a\":1}"), "id: 17\nevent: completed\ndata: {\"a\":1}\n\n");
  CAF_CHECK_EQUAL(sse_event("", "", "x"), "data: x\n\n");
  CAF_CHECK_EQUAL(sse_event("1", "gap", ""), "id: 1\nevent: gap\ndata: \n\n");
}

CAF_TEST(data is split on every kind of line end) {
  CAF_CHECK_EQUAL(sse_event("", "", "a\nb\rc\r\nd"), "data: a\ndata: b\ndata: c\ndata: d\n\n");
  CAF_CHECK_EQUAL(sse_event("", "", "a\n"), "data: a\ndata: \n\n");
  CAF_CHECK_EQUAL(sse_event("", "", "\r\n"), "data: \ndata: \n\n");
  CAF_CHECK_EQUAL(sse_event("", "", "\n\r"), "data: \ndata: \ndata: \n\n");
  CAF_CHECK_EQUAL(sse_event("", "", "\r\r\n"), "data: \ndata: \ndata: \n\n");
}

CAF_TEST(data cannot begin a field or an event of its own) {
  CAF_CHECK_EQUAL(sse_event("", "", "x\n\nid: 9\nevent: evil\r\rdata: y"),
                  "data: x\ndata: \ndata: id: 9\ndata: event: evil\ndata: \ndata: data: y\n\n");
}

CAF_TEST(leading space and colon survive) {
  CAF_CHECK_EQUAL(sse_event("", "", " a"), "data:  a\n\n");
  CAF_CHECK_EQUAL(sse_event("", "", ":a"), "data: :a\n\n");
}

CAF_TEST(an id or event name that is no token is left out) {
  for (auto bad : {"1\n2"sv, "1\r2"sv, "1\0"sv, "a b"sv, "a:b"sv, "\xc3\xa4"sv}) {
    CAF_CHECK_EQUAL(sse_event(bad, "completed", "x"), "event: completed\ndata: x\n\n");
    CAF_CHECK_EQUAL(sse_event("1", bad, "x"), "id: 1\ndata: x\n\n");
  }
}

CAF_TEST(a comment stays a comment whatever is in it) {
  CAF_CHECK_EQUAL(sse_comment("hello"), ": hello\n\n");
  CAF_CHECK_EQUAL(sse_comment("a\ndata: b\r\rc"), ": a\n: data: b\n: \n: c\n\n");
  CAF_CHECK_EQUAL(sse_comment(""), ": \n\n");
}

CAF_TEST(retry is in milliseconds and never negative) {
  CAF_CHECK_EQUAL(sse_retry(1500ms), "retry: 1500\n\n");
  CAF_CHECK_EQUAL(sse_retry(-1ms), "retry: 0\n\n");
}
