// SPDX-License-Identifier: MIT
#define CAF_SUITE stream_buffer

#include <caf/test/unit_test.hpp>

#include "net/stream_buffer.hpp"

using namespace tidings::net;

namespace {

std::shared_ptr<const std::string> chunk(size_t size) { return std::make_shared<const std::string>(size, 'x'); }

} // namespace

CAF_TEST(a stream buffer is full at its bound) {
  stream_buffer buffer{100};
  CAF_CHECK(buffer.push(chunk(40)));
  CAF_CHECK(buffer.push(chunk(60)));
  CAF_CHECK(!buffer.push(chunk(1)));
  CAF_MESSAGE("also while a write is under way");
  CAF_CHECK_EQUAL(buffer.next_write().size(), 2u);
  CAF_CHECK(!buffer.push(chunk(1)));
  buffer.written();
  CAF_CHECK(buffer.empty());
  CAF_CHECK(buffer.push(chunk(100)));
}

CAF_TEST(an empty stream buffer takes a chunk of any size) {
  stream_buffer buffer{100};
  CAF_CHECK(buffer.push(chunk(1000)));
  CAF_CHECK(!buffer.push(chunk(1)));
}

CAF_TEST(chunks that wait leave in one write and in order) {
  stream_buffer buffer{100};
  buffer.push(std::make_shared<const std::string>("a"));
  CAF_CHECK_EQUAL(buffer.next_write().size(), 1u);
  CAF_CHECK(buffer.writing());
  buffer.push(std::make_shared<const std::string>("b"));
  buffer.push(std::make_shared<const std::string>("cd"));
  buffer.written();
  CAF_CHECK(!buffer.empty());
  auto next = buffer.next_write();
  CAF_REQUIRE_EQUAL(next.size(), 2u);
  CAF_CHECK_EQUAL(next[0].size(), 1u);
  CAF_CHECK_EQUAL(next[1].size(), 2u);
}
