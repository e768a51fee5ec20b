// SPDX-License-Identifier: MIT
#define CAF_SUITE buffers

#include <caf/test/unit_test.hpp>

#include "net/read_buffer.hpp"
#include "net/stream_buffer.hpp"

using namespace tidings::net;

namespace {

size_t put(read_buffer& buffer, std::string_view text) {
  auto room = buffer.prepare();
  auto n = std::min(room.size(), text.size());
  std::copy_n(text.begin(), n, room.begin());
  buffer.commit(n);
  return n;
}

std::shared_ptr<const std::string> chunk(size_t size) { return std::make_shared<const std::string>(size, 'x'); }

} // namespace

CAF_TEST(a read buffer keeps its bytes while it grows and moves) {
  read_buffer buffer{10'000};
  std::string all;
  for (int i = 0; i < 3000; ++i)
    all += std::to_string(i);
  size_t written = 0;
  size_t read = 0;
  while (read < all.size()) {
    written += put(buffer, std::string_view{all}.substr(written, 700));
    CAF_REQUIRE_EQUAL(buffer.view(), std::string_view{all}.substr(read, written - read));
    auto n = std::min<size_t>(buffer.size(), 300);
    buffer.consume(n);
    read += n;
  }
  CAF_CHECK(buffer.empty());
}

CAF_TEST(a read buffer has no room beyond its bound) {
  read_buffer buffer{5000};
  size_t total = 0;
  while (auto n = put(buffer, std::string(777, 'x')))
    total += n;
  CAF_CHECK_EQUAL(total, 5000u);
  CAF_MESSAGE("and has some again when bytes were taken");
  buffer.consume(10);
  CAF_CHECK_EQUAL(buffer.prepare().size(), 10u);
}

CAF_TEST(an idle read buffer is small again) {
  read_buffer buffer{100'000};
  CAF_CHECK_EQUAL(buffer.prepare().size(), read_buffer::idle_bytes);
  CAF_CHECK_EQUAL(buffer.prepare(50'000).size(), 50'000u);
  CAF_CHECK_EQUAL(buffer.prepare(1'000'000).size(), 100'000u);
  CAF_CHECK_EQUAL(buffer.prepare().size(), read_buffer::idle_bytes);
}

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
