// SPDX-License-Identifier: MIT
#define CAF_SUITE media_type

#include "net/media_type.hpp"

#include <caf/test/unit_test.hpp>

using namespace tidings::net;

CAF_TEST(JSON is its own type or one with the suffix) {
  for (auto type :
       {"application/json", "Application/JSON", "application/json ", "application/problem+json", "application/x.y+JSON",
        "application/json;charset=utf-8", "application/json; Charset=\"UTF-8\"",
        "application/json ; charset=utf-8 ; v=1", "application/json;", "application/json; profile=\"a;charset=x\""}) {
    CAF_MESSAGE(type);
    CAF_CHECK(is_json(type));
  }
}

CAF_TEST(what a form can send is not JSON) {
  for (auto type : {"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                    "text/plain; a=application/json", "text/plain;application/json", "text/plain, application/json",
                    "application/json, text/plain"})
    CAF_CHECK(!is_json(type));
}

CAF_TEST(near misses are not JSON) {
  for (auto type :
       {"json", "application/", "/json", "application/jsonx", "xapplication/json", "text/json", "application/+json",
        "application/ json", "application /json", "application/json charset=utf-8", "application/x+json+xml", "*/*",
        "a/b/c+json", "application/json; charset=latin1", "application/json; charset=utf-16",
        "application/json;charset=", "application/json; charset=utf-8; charset=utf-7"}) {
    CAF_MESSAGE(type);
    CAF_CHECK(!is_json(type));
  }
}

CAF_TEST(JSON is allowed by name or by range or by saying nothing) {
  for (auto accept : {"", "*/*", "application/json", "application/*;q=0.1", "text/event-stream, */*;q=0.5"}) {
    CAF_MESSAGE(accept);
    CAF_CHECK(accepts_json(accept));
  }
  for (auto accept : {"text/event-stream", "text/*", "application/json;q=0", "application/jsons"}) {
    CAF_MESSAGE(accept);
    CAF_CHECK(!accepts_json(accept));
  }
}

CAF_TEST(a stream is wanted only by name and with a quality above zero) {
  for (auto accept : {"text/event-stream", "TEXT/Event-Stream", "application/json, text/event-stream",
                      "text/event-stream;q=0.001", "text/event-stream; q=1.000", "text/event-stream ;Q=0.5, */*",
                      "text/event-stream;charset=utf-8", "x/y;a=\",\", text/event-stream", "text/event-stream;q=1."}) {
    CAF_MESSAGE(accept);
    CAF_CHECK(accepts_event_stream(accept));
  }
  for (auto accept :
       {"", "*/*", "text/*", "application/json", "text/event-stream;q=0", "text/event-stream;q=0.000",
        "text/event-stream;q=", "text/event-stream;q=x", "text/event-stream;q=2", "text/event-stream;q=1.1",
        "text/event-stream;q=0.0001", "text/event-streams", "text/event-stream/x",
        "x/y;a=\"text/event-stream, text/event-stream\"", "text/event-stream;q=-1"}) {
    CAF_MESSAGE(accept);
    CAF_CHECK(!accepts_event_stream(accept));
  }
}
