// SPDX-License-Identifier: MIT
#define CAF_SUITE http_head

#include "net/http_head.hpp"

#include <caf/test/unit_test.hpp>

#include "envelopes/errc.hpp"
#include "net/http_syntax.hpp"
#include "request_fixture.hpp"

using namespace tidings;
using namespace tidings::net;

namespace {

/// Heads are tested as the reader takes them: checked by us, then read by Beast.
struct fixture : testing::request_fixture {
  int status_of_line(std::string_view line) { return status(std::string{line} + "\r\nHost: a\r\n\r\n"); }

  int status_with(std::string_view fields) {
    return status("POST /x HTTP/1.1\r\nHost: a\r\n" + std::string{fields} + "\r\n");
  }

  int status_with_1_0(std::string_view fields) { return status("POST /x HTTP/1.0\r\n" + std::string{fields} + "\r\n"); }

  http_request request(std::string_view raw) {
    if (status(raw) != 200) CAF_FAIL("refused: " << raw);
    return reader->request();
  }

  http_request request_with(std::string_view version, std::string_view fields) {
    return request("GET / HTTP/" + std::string{version} + "\r\nHost: a\r\n" + std::string{fields} + "\r\n");
  }

  /// The code that refuses the beginning of a head.
  errc code_of_part(std::string_view raw) {
    checked_head head;
    return code_of(check_head(raw, limits, head));
  }
};

using namespace std::string_view_literals;

} // namespace

CAF_TEST_FIXTURE_SCOPE(http_head_tests, fixture)

CAF_TEST(an ordinary head is read into its parts) {
  auto r = request("POST /commands/Create%4Cocation?a=1&b=%20 HTTP/1.1\r\nHost: example:8080\r\nX-Thing:  two words \t\r\n"
                "Content-Length: 12\r\nEmpty:\r\n\r\n");
  CAF_CHECK_EQUAL(r.method, "POST");
  CAF_CHECK_EQUAL(r.target, "/commands/Create%4Cocation?a=1&b=%20");
  CAF_CHECK_EQUAL(r.path, "/commands/CreateLocation");
  CAF_CHECK_EQUAL(r.query, "a=1&b=%20");
  CAF_CHECK_EQUAL(r.header("host"), "example:8080"sv);
  CAF_CHECK_EQUAL(r.header("x-thing"), "two words"sv);
  CAF_CHECK_EQUAL(r.header("empty"), ""sv);
  CAF_CHECK_EQUAL(r.headers.size(), 4u);
  CAF_CHECK_EQUAL(reader->expected(), 12u);
  CAF_CHECK(r.keep_alive);
}

CAF_TEST(a request line has exactly two spaces and three parts) {
  CAF_CHECK_EQUAL(status_of_line("GET / HTTP/1.1"), 200);
  for (auto line : {"GET  / HTTP/1.1", "GET /  HTTP/1.1", " GET / HTTP/1.1", "GET / HTTP/1.1 ", "GET\t/ HTTP/1.1",
                    "GET / HTTP/1.1\t", "GET /", "GET", "", "GET / x HTTP/1.1", "GET /\tHTTP/1.1", "GET  HTTP/1.1"}) {
    CAF_MESSAGE(line);
    CAF_CHECK_EQUAL(status_of_line(line), 400);
  }
}

CAF_TEST(a method is a token) {
  for (auto method : {"GET", "get", "M-SEARCH", "TRACE", "X!#$%&'*+.^_`|~9"})
    CAF_CHECK_EQUAL(status_of_line(std::string{method} + " / HTTP/1.1"), 200);
  for (auto method : {"GE(T", "GET:", "G\x80T", "{}", "\"GET\"", "G\x01T", "G,T"})
    CAF_CHECK_EQUAL(status_of_line(std::string{method} + " / HTTP/1.1"), 400);
}

CAF_TEST(only the versions 1.1 and 1.0 are spoken) {
  CAF_CHECK_EQUAL(status_of_line("GET / HTTP/1.0"), 200);
  for (auto line : {"GET / HTTP/2.0", "GET / HTTP/1.2", "GET / HTTP/0.9", "GET / HTTP/9.9", "PRI * HTTP/2.0"})
    CAF_CHECK_EQUAL(status_of_line(line), 505);
  for (auto line : {"GET / http/1.1", "GET / HTTP/1.10", "GET / HTTP/1", "GET / HTTP/1,1", "GET / HTTP/+1.1",
                    "GET / HTTP/01.1", "GET / XTTP/1.1", "GET / HTTP 1.1", "GET / HTTP/1.x"})
    CAF_CHECK_EQUAL(status_of_line(line), 400);
}

CAF_TEST(version 0.9 is refused as soon as its line is there) {
  CAF_CHECK_EQUAL(code_of_part("GET /\r\n"), errc::malformed_request);
}

CAF_TEST(a target is in origin form) {
  for (auto line :
       {"GET http://a/ HTTP/1.1", "GET a:80 HTTP/1.1", "CONNECT a:80 HTTP/1.1", "GET * HTTP/1.1", "GET x HTTP/1.1",
        "GET ?a HTTP/1.1", "GET https://a HTTP/1.1", "OPTIONS ** HTTP/1.1", "GET /a#b HTTP/1.1", "GET /?a#b HTTP/1.1",
        "GET /?\x80 HTTP/1.1", "GET /\x7f HTTP/1.1", "GET /?\x01 HTTP/1.1"}) {
    CAF_MESSAGE(line);
    CAF_CHECK_EQUAL(status_of_line(line), 400);
  }
  CAF_CHECK_EQUAL(status_of_line("OPTIONS * HTTP/1.1"), 200);
  CAF_CHECK_EQUAL(status_of_line("GET //a/b HTTP/1.1"), 200);
  CAF_CHECK_EQUAL(status_of_line("GET /?a=http://b/?c HTTP/1.1"), 200);
}

CAF_TEST(a header is a token then a colon then a value without control characters) {
  for (auto fields : {"A: b\r\n"sv, "A:b\r\n"sv, "A:\r\n"sv, "A: b c\td\r\n"sv, "A: \x80\xff\r\n"sv,
                      "a!#$%&'*+-.^_`|~9: 1\r\n"sv, "A: b:c\r\n"sv})
    CAF_CHECK_EQUAL(status_with(fields), 200);
  for (auto fields :
       {"A : b\r\n"sv, "A\t: b\r\n"sv, ": b\r\n"sv, "A b: c\r\n"sv, " A: b\r\n"sv, "A\r\n"sv, "A;: b\r\n"sv,
        "A\x80: b\r\n"sv, "A\0: b\r\n"sv, "A: b\0c\r\n"sv, "A: b\x01\r\n"sv, "A: b\x7f\r\n"sv, "A: b\x1b\r\n"sv,
        "A: b\rc\r\n"sv, "A: b\r\r\n"sv, "A: b\nC: d\r\n"sv, "\rA: b\r\n"sv, "A(: b\r\n"sv, "A\": b\r\n"sv}) {
    CAF_MESSAGE(fields);
    CAF_CHECK_EQUAL(status_with(fields), 400);
  }
}

CAF_TEST(a folded line is refused) {
  CAF_CHECK_EQUAL(status_with("A: b\r\n c\r\n"), 400);
  CAF_CHECK_EQUAL(status_with("A: b\r\n\tc\r\n"), 400);
  CAF_CHECK_EQUAL(status("GET / HTTP/1.1\r\n Host: a\r\n\r\n"), 400);
  CAF_CHECK_EQUAL(status_with("A: b\r\n \r\n"), 400);
}

CAF_TEST(lines end with CR LF and a bare LF is refused at once) {
  for (auto raw : {"GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\r\nHost: a\n", "GET / HTTP/1.1\r\nHost: a\r\n\n",
                   "\nGET / HTTP/1.1\r\n", "GET / HTTP/1.1\n"})
    CAF_CHECK_EQUAL(code_of_part(raw), errc::malformed_request);
}

CAF_TEST(one empty line before the request is skipped and a second is not ) {
  CAF_CHECK_EQUAL(status("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
  CAF_CHECK_EQUAL(status("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
}

CAF_TEST(version 1.1 needs exactly one valid Host) {
  auto with_host = [this](std::string_view hosts) {
    return status("GET / HTTP/1.1\r\n" + std::string{hosts} + "\r\n");
  };
  for (auto hosts : {"Host: a\r\n", "Host: a:80\r\n", "Host: 127.0.0.1:8080\r\n", "Host: [::1]\r\n",
                     "HOST:[::1]:80\r\n", "Host: a.b-c_d~e\r\n", "Host: a:\r\n"})
    CAF_CHECK_EQUAL(with_host(hosts), 200);
  for (auto hosts : {"",
                     "Host:\r\n",
                     "Host: a\r\nHost: a\r\n",
                     "Host: a\r\nhost: b\r\n",
                     "Host: u@a\r\n",
                     "Host: u:p@a\r\n",
                     "Host: a b\r\n",
                     "Host: a,b\r\n",
                     "Host: a/\r\n",
                     "Host: a:b\r\n",
                     "Host: a:80:80\r\n",
                     "Host: :80\r\n",
                     "Host: a:123456\r\n",
                     "Host: [::1\r\n",
                     "Host: []\r\n",
                     "Host: [::1]a\r\n",
                     "Host: [a@b]\r\n",
                     "Host: ::1\r\n",
                     "Host: http://a\r\n",
                     "Host: a?b\r\n",
                     "Host: a%00\r\n",
                     "Host: \xc3\xa4\r\n",
                     "Host: a\\b\r\n"}) {
    CAF_MESSAGE(hosts);
    CAF_CHECK_EQUAL(with_host(hosts), 400);
  }
}

CAF_TEST(version 1.0 may leave Host out but not repeat or spoil it) {
  CAF_CHECK_EQUAL(status_with_1_0(""), 200);
  CAF_CHECK_EQUAL(status_with_1_0("Host: a\r\n"), 200);
  CAF_CHECK_EQUAL(status_with_1_0("Host: a\r\nHost: a\r\n"), 400);
  CAF_CHECK_EQUAL(status_with_1_0("Host: u@a\r\n"), 400);
}

CAF_TEST(a declared length is digits and comes once) {
  for (auto value : {"0", "1", "007", " 5 ", "5\t"})
    CAF_CHECK_EQUAL(status_with("Content-Length: " + std::string{value} + "\r\n"), 200);
  for (auto value : {"", "+5", "-1", "5,6", "5, 5", "5 5", "0x5", "5.0", "1e3", "five", "5a", "a5", "\"5\"", "5;", "-0",
                     "18446744073709551616", "99999999999999999999999999"}) {
    CAF_MESSAGE(value);
    CAF_CHECK_EQUAL(status_with("Content-Length: " + std::string{value} + "\r\n"), 400);
  }
  CAF_CHECK_EQUAL(status_with("Content-Length: 5\r\nContent-Length: 5\r\n"), 400);
  CAF_CHECK_EQUAL(status_with("Content-Length: 5\r\ncontent-length: 6\r\n"), 400);
}

CAF_TEST(a declared length above the limit is too large) {
  limits.body_bytes = 1000;
  CAF_CHECK_EQUAL(status_with("Content-Length: 999\r\n"), 200);
  CAF_CHECK_EQUAL(status_with("Content-Length: 1000\r\n"), 200);
  CAF_CHECK_EQUAL(status_with("Content-Length: 1001\r\n"), 413);
  CAF_CHECK_EQUAL(status_with("Content-Length: 9223372036854775808\r\n"), 413);
  CAF_CHECK_EQUAL(status_with("Content-Length: 18446744073709551615\r\n"), 413);
  CAF_MESSAGE("but wrong framing stays wrong framing");
  CAF_CHECK_EQUAL(status_with("Content-Length: 1001\r\nTransfer-Encoding: chunked\r\n"), 400);
}

CAF_TEST(a transfer coding is exactly chunked) {
  for (auto field : {"Transfer-Encoding: chunked\r\n", "transfer-encoding:\tChUnKeD \r\n"})
    CAF_CHECK_EQUAL(request("POST / HTTP/1.1\r\nHost: a\r\n" + std::string{field} + "\r\n2\r\nhi\r\n0\r\n\r\n").body, "hi");
  for (auto fields :
       {"Transfer-Encoding: gzip\r\n", "Transfer-Encoding: chunked, gzip\r\n", "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: chunked, chunked\r\n", "Transfer-Encoding: identity\r\n", "Transfer-Encoding:\r\n",
        "Transfer-Encoding: xchunked\r\n", "Transfer-Encoding: chunked;q=1\r\n", "Transfer-Encoding: \"chunked\"\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: ,chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "Transfer-Encoding: \x0b"
        "chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding : chunked\r\n",
        "Transfer-Encoding: gzip\r\nContent-Length: 5\r\n"}) {
    CAF_MESSAGE(fields);
    CAF_CHECK_EQUAL(status_with(fields), 400);
  }
  CAF_CHECK_EQUAL(status_with_1_0("Transfer-Encoding: chunked\r\n"), 400);
}

CAF_TEST(the only expectation that can be met is 100) {
  auto waits = [this](std::string_view version, std::string_view fields) {
    request_with(version, std::string{fields} + "Content-Length: 1\r\n");
    return reader->waits_for_continue();
  };
  CAF_CHECK(waits("1.1", "Expect: 100-continue\r\n"));
  CAF_CHECK(waits("1.1", "Expect: 100-Continue\r\n"));
  CAF_CHECK(!waits("1.1", ""));
  CAF_CHECK(!waits("1.0", "Expect: 100-continue\r\n"));
  for (auto fields :
       {"Expect: 200-ok\r\n", "Expect:\r\n", "Expect: 100-continue, x\r\n", "Expect: 100-continue\r\nExpect: x\r\n"})
    CAF_CHECK_EQUAL(status_with(fields), 417);
}

CAF_TEST(a coded body is an unsupported media type) {
  CAF_CHECK_EQUAL(status_with("Content-Encoding: identity\r\n"), 200);
  for (auto coding : {"gzip", "br", "identity, gzip", "deflate", ""})
    CAF_CHECK_EQUAL(status_with("Content-Encoding: " + std::string{coding} + "\r\n"), 415);
}

CAF_TEST(staying open is the default of version 1.1 and a wish of version 1.0) {
  CAF_CHECK(request_with("1.1", "").keep_alive);
  CAF_CHECK(request_with("1.1", "Connection: keep-alive\r\n").keep_alive);
  CAF_CHECK(!request_with("1.1", "Connection: close\r\n").keep_alive);
  CAF_CHECK(!request_with("1.1", "Connection: x, CLOSE\r\n").keep_alive);
  CAF_CHECK(!request_with("1.1", "Connection: keep-alive\r\nConnection: close\r\n").keep_alive);
  CAF_CHECK(!request_with("1.0", "").keep_alive);
  CAF_CHECK(request_with("1.0", "Connection: Keep-Alive\r\n").keep_alive);
  CAF_CHECK(!request_with("1.0", "Connection: keep-alive, close\r\n").keep_alive);
  request_with("1.0", "");
  CAF_CHECK(reader->head().http_1_0);
}

CAF_TEST(the head may be exactly as large as its limit) {
  auto head_of = [](size_t size) {
    std::string raw = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
    raw.append(size - raw.size() - 4, 'x');
    return raw + "\r\n\r\n";
  };
  limits.head_bytes = 200;
  CAF_CHECK_EQUAL(status(head_of(199)), 200);
  CAF_CHECK_EQUAL(status(head_of(200)), 200);
  CAF_CHECK_EQUAL(status(head_of(201)), 431);
  CAF_CHECK_EQUAL(status(head_of(2000)), 431);
  CAF_MESSAGE("and a head without end is refused when it can't fit any more");
  auto endless = head_of(500);
  checked_head head;
  CAF_CHECK(!check_head(std::string_view{endless}.substr(0, 199), limits, head));
  CAF_CHECK_EQUAL(code_of_part(std::string_view{endless}.substr(0, 200)), errc::head_too_large);
}

CAF_TEST(the target may be exactly as long as its limit) {
  limits.target_bytes = 100;
  auto line_of = [](size_t size) { return "GET /" + std::string(size - 1, 'x') + " HTTP/1.1"; };
  CAF_CHECK_EQUAL(status_of_line(line_of(99)), 200);
  CAF_CHECK_EQUAL(status_of_line(line_of(100)), 200);
  CAF_CHECK_EQUAL(status_of_line(line_of(101)), 414);
  CAF_MESSAGE("and a request line without end is too long, not a head too large");
  CAF_CHECK_EQUAL(status(line_of(10'000)), 414);
}

CAF_TEST(there may be exactly as many headers as the limit says) {
  limits.headers = 10;
  auto fields_of = [](size_t count) {
    std::string fields;
    for (size_t i = 1; i < count; ++i) // Host is one, too
      fields += "A: b\r\n";
    return fields;
  };
  CAF_CHECK_EQUAL(status_with(fields_of(9)), 200);
  CAF_CHECK_EQUAL(status_with(fields_of(10)), 200);
  CAF_CHECK_EQUAL(status_with(fields_of(11)), 431);
}

CAF_TEST(an error leaves the path for the answer) {
  CAF_CHECK_EQUAL(status("HEAD /a HTTP/1.1\r\nBad\r\n"), 400);
  CAF_CHECK_EQUAL(reader->head().path, "/a");
  CAF_CHECK(reader->head().to_head);
}

CAF_TEST(no single byte in the wrong place passes) {
  CAF_MESSAGE("every byte at the start, in the middle and at the end of a header name");
  for (int i = 0; i < 256; ++i) {
    auto c = static_cast<char>(i);
    auto expected = is_in(token_chars, c) ? 200 : 400;
    for (size_t at : {0u, 1u, 3u}) {
      std::string name = "abc";
      name.insert(at, 1, c);
      if (c == ':' && at > 0) continue; // ends the name
      CAF_CHECK_EQUAL(status_with(name + ": x\r\n"), expected);
    }
  }
}

CAF_TEST_FIXTURE_SCOPE_END()
