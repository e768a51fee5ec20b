// SPDX-License-Identifier: MIT
#define CAF_SUITE sse_writer

#include "actors/sse_writer.hpp"
#include "tests/actors/fakes/recorded_stream.hpp"

#include <caf/test/unit_test.hpp>

using namespace tidings;

CAF_TEST(a stream begins with a comment and when to come back and where it is) {
  auto connection = std::make_shared<recorded_stream>();
  auto counts = std::make_shared<metrics>();
  sse_writer writer{connection, counts, stream_kind::owner};
  writer.sign_of_life();
  CAF_CHECK_EQUAL(connection->text, "");
  writer.begin("41");
  CAF_REQUIRE_EQUAL(connection->heads.size(), 1u);
  CAF_CHECK_EQUAL(std::string{connection->heads[0].content_type}, "text/event-stream");
  CAF_CHECK(connection->text.starts_with(": tidings\n\nretry: "));
  CAF_CHECK(connection->text.ends_with("\n\nid: 41\n\n"));
}

CAF_TEST(a producer waits while much is unsent) {
  sse_writer writer{std::make_shared<recorded_stream>(), std::make_shared<metrics>(), stream_kind::owner};
  writer.begin({});
  CAF_CHECK(!writer.full());
  writer.event("1", "completed", std::string(70'000, 'x'));
  CAF_CHECK(writer.full());
  writer.drained();
  CAF_CHECK(!writer.full());
}

CAF_TEST(nothing more is 204) {
  auto connection = std::make_shared<recorded_stream>();
  sse_writer{connection, std::make_shared<metrics>(), stream_kind::owner}.nothing_more();
  CAF_REQUIRE_EQUAL(connection->responses.size(), 1u);
  CAF_CHECK_EQUAL(connection->responses[0].status, 204);
}
