// SPDX-License-Identifier: MIT
#define CAF_SUITE http_connection

#include "net/http_connection.hpp"

#include "checked_connection_fixture.hpp"

using namespace tidings;
using namespace tidings::net;
using testing::get;
using testing::post;

CAF_TEST_FIXTURE_SCOPE(http_connection_tests, testing::checked_connection_fixture)

CAF_TEST(a connection serves one request after another) {
  echo();
  open();
  send(post("/one", "hello"));
  CAF_CHECK(until_received("\r\n\r\n/one"));
  CAF_CHECK_EQUAL(owner->requests.at(0).body, "hello");
  send(get("/two"));
  CAF_CHECK(until_received("\r\n\r\n/two"));
  CAF_CHECK_EQUAL(count("HTTP/1.1 200 OK\r\n"), 2u);
  CAF_CHECK_EQUAL(count("Connection:"), 0u);
  CAF_CHECK_EQUAL(owner->closed, 0);
}

CAF_TEST(a request that comes byte by byte is one request) {
  echo();
  open();
  auto all = post("/one", "hello") + "POST /two HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" +
             "3\r\nabc\r\n2;x\r\nde\r\n0\r\n\r\n" + get("/three");
  for (char c : all)
    send({&c, 1});
  CAF_CHECK(until_received("/three"));
  CAF_REQUIRE_EQUAL(owner->requests.size(), 3u);
  CAF_CHECK_EQUAL(owner->requests[0].body, "hello");
  CAF_CHECK_EQUAL(owner->requests[1].body, "abcde");
  CAF_CHECK_EQUAL(owner->requests[2].body, "");
}

CAF_TEST(10000 pipelined requests are answered in order) {
  CAF_MESSAGE("at once or from a later turn of the loop");
  for (bool later : {false, true}) {
    if (later) {
      owner->answer = [this](const http_request& r) {
        boost::asio::post(io, [this, path = r.path] { respond(text(path)); });
      };
      reopen();
    } else {
      echo();
      open();
    }
    std::string all;
    for (int i = 0; i < 10'000; ++i)
      all += i % 3 == 0 ? post("/" + std::to_string(i), "some body") : get("/" + std::to_string(i));
    CAF_CHECK(send(all));
    CAF_CHECK(until_received("\r\n\r\n/9999"));
    CAF_CHECK_EQUAL(owner->requests.size(), 10'000u);
    size_t at = 0;
    for (int i = 0; i < 10'000; ++i) {
      at = received.find("\r\n\r\n/" + std::to_string(i) + (i < 9'999 ? "HTTP/1.1 200" : ""), at);
      CAF_REQUIRE(at != std::string::npos);
    }
  }
}

CAF_TEST(the next request waits for the answer to the one before) {
  open();
  send(get("/one") + get("/two"));
  CAF_CHECK(until([&] { return owner->requests.size() == 1; }));
  pump();
  CAF_CHECK_EQUAL(owner->requests.size(), 1u);
  respond(text("first"));
  CAF_CHECK(until([&] { return owner->requests.size() == 2; }));
  respond(text("second"));
  CAF_CHECK(until_received("second"));
}

CAF_TEST(HEAD is answered with the length but not the body) {
  echo();
  open();
  send("HEAD /one HTTP/1.1\r\nHost: a\r\n\r\n" + get("/two"));
  CAF_CHECK(until_received("\r\n\r\n/two"));
  CAF_CHECK_EQUAL(count("/one"), 0u);
  CAF_CHECK_EQUAL(count("Content-Length: 4\r\n"), 2u);
}

CAF_TEST(a shared body is sent whole) {
  CAF_MESSAGE("also when it leaves in many pieces");
  auto numbers = std::make_shared<std::string>();
  for (int i = 0; numbers->size() < 3'000'000; ++i)
    *numbers += std::to_string(i) + ' ';
  std::shared_ptr<const std::string> big = std::move(numbers);
  owner->answer = [&](const http_request&) {
    auto response = text("");
    response.shared_body = big;
    respond(std::move(response));
  };
  open(16 * 1024);
  auto last = big->substr(big->size() - 20);
  for (int i = 0; i < 2; ++i) {
    received.clear();
    send(get("/"));
    CAF_CHECK(until([&] { return received.ends_with(last); }));
    auto body = received.find("\r\n\r\n");
    CAF_REQUIRE(body != std::string::npos);
    CAF_CHECK(received.compare(body + 4, std::string::npos, *big) == 0);
  }
  CAF_CHECK_EQUAL(big.use_count(), 1);
}

CAF_TEST(a body on GET or HEAD or DELETE is a body and never the next request) {
  echo();
  open();
  for (auto method : {"GET", "HEAD", "DELETE"}) {
    auto hidden = get("/hidden");
    send(std::string{method} + " /outer HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(hidden.size()) +
         "\r\n\r\n" + hidden);
    CAF_CHECK(until([&] { return !owner->requests.empty(); }));
    CAF_CHECK_EQUAL(owner->requests.back().body, hidden);
  }
  pump();
  CAF_CHECK_EQUAL(owner->requests.size(), 3u);
  CAF_CHECK_EQUAL(count("/hidden"), 0u);
}

CAF_TEST_FIXTURE_SCOPE_END()
