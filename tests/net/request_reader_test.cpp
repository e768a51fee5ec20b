// SPDX-License-Identifier: MIT
#define CAF_SUITE request_reader

#include "net/request_reader.hpp"

#include <caf/test/unit_test.hpp>

#include "request_fixture.hpp"

using namespace tidings;
using namespace tidings::net;

namespace {

constexpr auto chunked_head = "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

struct fixture : testing::request_fixture {
  std::string body;

  /// 200 if `raw` begins with a whole chunked body, 100 if more must come, else the status of the error.
  int chunks(std::string_view raw, size_t step = std::string_view::npos) {
    auto result = status(chunked_head + std::string{raw}, step);
    auto done = reader->reached() == request_reader::progress::complete;
    body = reader->request().body;
    return result != 200 || done ? result : 100;
  }
};

using namespace std::string_view_literals;

} // namespace

CAF_TEST_FIXTURE_SCOPE(request_reader_tests, fixture)

CAF_TEST(a request that comes byte by byte is the same request) {
  auto raw = "\r\nPOST /a?b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET"sv;
  CAF_CHECK_EQUAL(status(raw, 1), 200);
  CAF_CHECK_EQUAL(reader->request().target, "/a?b");
  CAF_CHECK_EQUAL(reader->request().body, "abc");
  CAF_MESSAGE("and after reset the next one starts afresh");
  reader->reset();
  in.clear();
  feed("GET /next HTTP/1.1\r\nHost: b\r\n\r\n");
  CAF_CHECK(!reader->advance(in));
  CAF_CHECK(reader->reached() == request_reader::progress::complete);
  CAF_CHECK_EQUAL(reader->request().path, "/next");
  CAF_CHECK_EQUAL(reader->request().headers.size(), 1u);
  CAF_CHECK_EQUAL(reader->request().body, "");
}

CAF_TEST(chunks become one body and the next request is left alone) {
  auto raw = "5\r\nhello\r\n1\r\n \r\nA\r\n0123456789\r\n0\r\n\r\nGET / HTTP/1.1\r\n"sv;
  for (size_t step : {size_t{1000}, size_t{1}, size_t{2}, size_t{3}, size_t{7}}) {
    CAF_CHECK_EQUAL(chunks(raw, step), 200);
    CAF_CHECK_EQUAL(body, "hello 0123456789");
    CAF_CHECK(raw.substr(raw.find("GET")).starts_with(left()));
  }
}

CAF_TEST(an empty body is one last chunk) {
  CAF_CHECK_EQUAL(chunks("0\r\n\r\n"), 200);
  CAF_CHECK_EQUAL(chunks("000\r\n\r\n"), 200);
  CAF_CHECK_EQUAL(body, "");
}

CAF_TEST(every proper beginning of a body is unfinished and not wrong) {
  auto raw = "5;a=b\r\nhello\r\n0\r\nT: x\r\n\r\n"sv;
  for (size_t n = 0; n < raw.size(); ++n)
    CAF_CHECK_EQUAL(chunks(raw.substr(0, n)), 100);
  CAF_CHECK_EQUAL(chunks(raw), 200);
}

CAF_TEST(a size is bare hexadecimal digits) {
  CAF_CHECK_EQUAL(chunks("aB\r\n" + std::string(0xab, 'x') + "\r\n0\r\n\r\n"), 200);
  for (auto raw : {"0x5\r\nhello"sv, "+5\r\nhello"sv, "-5\r\nhello"sv, " 5\r\nhello"sv, "5 \r\nhello"sv,
                   "5\t\r\nhello"sv, "g\r\n"sv, "\r\n"sv, ";a\r\n"sv, "5 ;a\r\nhello"sv, "5.\r\n"sv, "5,5\r\n"sv,
                   "5\0\r\n"sv, "\"5\"\r\n"sv, "5_0\r\n"sv}) {
    CAF_MESSAGE(raw);
    CAF_CHECK_EQUAL(chunks(raw), 400);
  }
}

CAF_TEST(a size that does not fit is refused) {
  CAF_CHECK_EQUAL(chunks("10000000000000000\r\n"), 400);
  CAF_CHECK_EQUAL(chunks("10000000000000005\r\nhello"), 400);
  CAF_CHECK_EQUAL(chunks("00000000000000005\r\nhello"), 400);
  CAF_CHECK_EQUAL(chunks("FFFFFFFFFFFFFFFF\r\n"), 413);
  CAF_CHECK_EQUAL(chunks("8000000000000000\r\n"), 413);
}

CAF_TEST(lines end with CR LF) {
  for (auto raw :
       {"5\nhello\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "5\r\nhello\r\n0\n\r\n", "5\r\nhello\r\n0\r\n\n", "5\rhello",
        "5\r\nhello\r0\r\n", "0\r\n\rX", "5\r\r\nhello", "5\r\nhello5\r\n", "5\r\nhello!\r\n0\r\n\r\n", "5;a\nhello",
        "5;a\rb\r\nhello", "0\r\nT: x\n\r\n", "0\r\nT: x\r\r\n\r\n", "\r\n5\r\nhello"}) {
    CAF_MESSAGE(raw);
    CAF_CHECK_EQUAL(chunks(raw), 400);
  }
}

CAF_TEST(the decoded body may be exactly as large as the limit) {
  limits.body_bytes = 10;
  CAF_CHECK_EQUAL(chunks("9\r\n012345678\r\n0\r\n\r\n"), 200);
  CAF_CHECK_EQUAL(chunks("a\r\n0123456789\r\n0\r\n\r\n"), 200);
  CAF_CHECK_EQUAL(chunks("5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n"), 200);
  CAF_CHECK_EQUAL(chunks("5\r\n01234\r\n6\r\n"), 413);
  CAF_CHECK_EQUAL(chunks("b\r\n"), 413);
  CAF_MESSAGE("and nothing of the refused chunk was kept");
  CAF_CHECK_EQUAL(body, "");
}

CAF_TEST(extensions are discarded and bounded over all chunks) {
  CAF_CHECK_EQUAL(chunks("5;a=b;c=\"d e\"\r\nhello\r\n0;x\r\n\r\n"), 200);
  CAF_CHECK_EQUAL(body, "hello");
  CAF_CHECK_EQUAL(chunks("5;a\0\r\nhello"sv), 400);
  auto with_extension = [](size_t n) { return "1;" + std::string(n, 'x') + "\r\na\r\n"; };
  CAF_CHECK_EQUAL(chunks(with_extension(chunk_extension_bytes - 1) + "0\r\n\r\n"), 200);
  CAF_CHECK_EQUAL(chunks(with_extension(chunk_extension_bytes) + "0\r\n\r\n"), 400);
  std::string many;
  for (int i = 0; i < 100; ++i)
    many += with_extension(50);
  CAF_CHECK_EQUAL(chunks(many), 400);
}

CAF_TEST(trailer fields are discarded and checked and bounded) {
  CAF_CHECK_EQUAL(chunks("1\r\na\r\n0\r\nA: b\r\nX-Check: 7\r\n\r\n"), 200);
  CAF_CHECK_EQUAL(body, "a");
  CAF_CHECK_EQUAL(reader->request().headers.size(), 2u);
  for (auto raw : {"0\r\nA : b\r\n\r\n"sv, "0\r\nA\r\n\r\n"sv, "0\r\n: b\r\n\r\n"sv, "0\r\n A: b\r\n\r\n"sv,
                   "0\r\nA: b\r\n c\r\n\r\n"sv, "0\r\nA: \0\r\n\r\n"sv, "0\r\nGET / HTTP/1.1\r\n\r\n"sv})
    CAF_CHECK_EQUAL(chunks(raw), 400);
  CAF_MESSAGE("and none may speak of framing after the fact");
  CAF_CHECK_EQUAL(chunks("0\r\nContent-Length: 7\r\n\r\n"), 400);
  CAF_CHECK_EQUAL(chunks("0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
  auto with_trailer = [](size_t n) { return "0\r\nA:" + std::string(n - 4, 'x') + "\r\n\r\n"; };
  CAF_CHECK_EQUAL(chunks(with_trailer(trailer_bytes)), 200);
  CAF_CHECK_EQUAL(chunks(with_trailer(trailer_bytes + 1)), 431);
}

CAF_TEST_FIXTURE_SCOPE_END()
