// SPDX-License-Identifier: MIT
#define CAF_SUITE http_connection_limits

#include "net/http_connection.hpp"

#include "checked_connection_fixture.hpp"

using namespace tidings;
using namespace tidings::net;
using testing::get;
using testing::post;

CAF_TEST_FIXTURE_SCOPE(http_connection_limits_tests, testing::checked_connection_fixture)

CAF_TEST(what is pipelined behind an unanswered request stays within bounds) {
  open(16 * 1024);
  send(get("/one"));
  CAF_REQUIRE(until([&] { return owner->requests.size() == 1; }));
  CAF_MESSAGE("when the peer pushes until nobody takes any more");
  size_t pushed = 0;
  auto more = std::string(64 * 1024, 'x');
  for (int idle = 0; idle < 50 && pushed < 64u * 1024 * 1024;) {
    boost::system::error_code ec;
    auto n = client.write_some(boost::asio::buffer(more), ec);
    pushed += n;
    idle = n == 0 ? idle + 1 : 0;
    pump();
  }
  CAF_MESSAGE("then it is the kernel that holds it: " << pushed);
  CAF_CHECK(pushed < 64u * 1024 * 1024);
  CAF_CHECK_EQUAL(owner->requests.size(), 1u);
  CAF_CHECK_EQUAL(owner->closed, 0);
}

CAF_TEST(a client that expects 100 is told to continue) {
  echo();
  open();
  send("POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  CAF_CHECK(until_received("HTTP/1.1 100 Continue\r\n\r\n"));
  CAF_CHECK_EQUAL(owner->requests.size(), 0u);
  send("hello");
  CAF_CHECK(until_received("\r\n\r\n/a"));
  CAF_CHECK_EQUAL(owner->requests.at(0).body, "hello");
  CAF_MESSAGE("but not when the body is there or none is coming");
  send("POST /b HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi");
  CAF_CHECK(until_received("/b"));
  send("POST /c HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n");
  CAF_CHECK(until_received("/c"));
  CAF_CHECK_EQUAL(count("100 Continue"), 1u);
}

CAF_TEST(a client that expects 100 for too large a body is not told to continue) {
  echo();
  open();
  send("POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n");
  CAF_CHECK(until_ended());
  CAF_CHECK_EQUAL(count("100 Continue"), 0u);
  CAF_CHECK_EQUAL(count("HTTP/1.1 413 "), 1u);
}

CAF_TEST(a body that is too large is refused by its length and the client can read why) {
  refuse_at_once();
  open();
  CAF_MESSAGE("while it still sends");
  send("POST /big HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n");
  CAF_CHECK(send(std::string(500'000, 'x')));
  CAF_CHECK(until_ended());
  CAF_CHECK(ended);
  CAF_CHECK(!was_reset);
  CAF_CHECK_EQUAL(count("HTTP/1.1 413 "), 1u);
  CAF_CHECK_EQUAL(count("Connection: close\r\n"), 1u);
  CAF_REQUIRE_EQUAL(owner->refused.size(), 1u);
  CAF_CHECK(owner->refused[0] == std::pair(errc::payload_too_large, std::string{"/big"}));
  CAF_MESSAGE("and a peer that never stops is not listened to for ever");
  auto block = std::string(256 * 1024, 'x');
  for (int i = 0; i < 40 && owner->closed == 0; ++i)
    send(block);
  CAF_CHECK(until_closed());
}

CAF_TEST(a body may be exactly as large as the limit) {
  limits.body_bytes = 1000;
  echo();
  open();
  for (size_t size : {999u, 1000u, 1001u}) {
    auto body = std::string(size, 'x');
    send(post("/sized", body));
    CAF_CHECK(until_received(size > 1000 ? "413" : "/sized"));
    CAF_CHECK_EQUAL(owner->requests.size(), size > 1000 ? 0u : 1u);
    reopen();
    send("POST /chunked HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (size_t i = 0; i < size; ++i)
      send("1\r\nx\r\n");
    send("0\r\n\r\n");
    CAF_CHECK(until_received(size > 1000 ? "413" : "/chunked"));
    CAF_CHECK_EQUAL(owner->requests.size(), size > 1000 ? 0u : 1u);
    if (size <= 1000) CAF_CHECK_EQUAL(owner->requests.at(0).body, body);
    reopen();
  }
}

CAF_TEST(a head may be exactly as large as the limit) {
  limits.head_bytes = 5000;
  echo();
  open();
  for (size_t size : {4999u, 5000u, 5001u}) {
    std::string head = "GET /x HTTP/1.1\r\nHost: a\r\nX: ";
    head.append(size - head.size() - 4, 'x').append("\r\n\r\n");
    send(head);
    CAF_CHECK(until_received(size > 5000 ? "HTTP/1.1 431 " : "\r\n\r\n/x"));
    reopen();
  }
}

CAF_TEST(a framing trick never yields a second request) {
  echo();
  open();
  auto hidden = get("/hidden");
  auto smuggle = [&](std::string fields, std::string body, std::string version = "1.1") {
    return "POST /outer HTTP/" + version + "\r\nHost: a\r\n" + fields + "\r\n" + body + hidden;
  };
  for (auto& raw : {
           smuggle("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
           smuggle("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"),
           smuggle("Transfer-Encoding: gzip\r\nContent-Length: 0\r\n", ""),
           smuggle("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n"),
           smuggle("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"),
           smuggle("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
           smuggle("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"),
           smuggle("Transfer-Encoding:\x0b"
                   "chunked\r\n",
                   "0\r\n\r\n"),
           smuggle("X: y\r\n Transfer-Encoding: chunked\r\n", "0\r\n\r\n"),
           smuggle("X: y\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
           smuggle("X: y\rTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
           smuggle("Transfer-Encoding: chunked\r\n", "0\r\n\r\n", "1.0"),
           smuggle("Content-Length: 0\r\nContent-Length: 5\r\n", ""),
           smuggle("Content-Length: 0\r\nContent-Length: 0\r\n", ""),
           smuggle("Content-Length: +0\r\n", ""),
           smuggle("Content-Length: 0,0\r\n", ""),
           smuggle("Content-Length: -1\r\n", ""),
           smuggle("Content-Length: 18446744073709551616\r\n", ""),
           smuggle("Content-Length : 0\r\n", ""),
           smuggle("Transfer-Encoding: chunked\r\n", "0x0\r\n\r\n"),
           smuggle("Transfer-Encoding: chunked\r\n", "0\n\n"),
           smuggle("Transfer-Encoding: chunked\r\n", "0\r\n\n"),
           smuggle("Transfer-Encoding: chunked\r\n", "10000000000000000\r\n\r\n"),
           smuggle("Transfer-Encoding: chunked\r\n", "1\r\nab\r\n0\r\n\r\n"),
           smuggle("Transfer-Encoding: chunked\r\n", "0;\n\r\n\r\n"),
           smuggle("Host: b\r\n", ""),
           smuggle("Expect: x\r\n", ""),
           smuggle("Content-Encoding: gzip\r\n", ""),
           "GET /outer\r\n" + hidden,
           "GET http://a/outer HTTP/1.1\r\nHost: a\r\n\r\n" + hidden,
           "GET /outer HTTP/2.0\r\nHost: a\r\n\r\n" + hidden,
           "GET /%2e%2e/outer HTTP/1.1\r\nHost: a\r\n\r\n" + hidden,
           "GET /outer HTTP/1.1\r\n\r\n" + hidden,
       }) {
    CAF_MESSAGE(raw);
    send(raw);
    CAF_CHECK(until_ended());
    CAF_CHECK(ended);
    CAF_CHECK(owner->requests.empty());
    CAF_CHECK_EQUAL(owner->refused.size(), 1u);
    CAF_CHECK_EQUAL(count("HTTP/1.1 "), 1u);
    CAF_CHECK_EQUAL(count("Connection: close\r\n"), 1u);
    reopen();
  }
}

CAF_TEST(a header value cannot split the response) {
  owner->answer = [this](const http_request&) {
    auto response = text("body", 201);
    response.headers.emplace_back("Location", "/x\r\nSet-Cookie: evil=1\r\n\r\nHTTP/1.1 200 OK");
    respond(std::move(response));
  };
  open();
  send(get("/"));
  CAF_CHECK(until_received("internal"));
  CAF_CHECK_EQUAL(count("HTTP/1.1 500 "), 1u);
  CAF_CHECK_EQUAL(count("evil"), 0u);
}

CAF_TEST_FIXTURE_SCOPE_END()
