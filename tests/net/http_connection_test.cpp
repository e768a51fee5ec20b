// SPDX-License-Identifier: MIT
#define CAF_SUITE http_connection

#include "net/http_connection.hpp"

#include <caf/test/unit_test.hpp>

#include "connection_fixture.hpp"

using namespace tidings;
using namespace tidings::net;
using namespace std::string_view_literals;

namespace {

struct fixture : testing::connection_fixture {
  ~fixture() { CAF_CHECK_EQUAL(owner->reentered, 0); }
};

std::string get(std::string_view path) { return "GET " + std::string{path} + " HTTP/1.1\r\nHost: a\r\n\r\n"; }

std::string post(std::string_view path, std::string_view body) {
  return "POST " + std::string{path} + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string{body};
}

} // namespace

CAF_TEST_FIXTURE_SCOPE(http_connection_tests, fixture)

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

CAF_TEST(version 1.0 closes unless it asks to stay) {
  echo();
  open();
  send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CAF_CHECK(until_received("/a"));
  CAF_CHECK_EQUAL(count("Connection: keep-alive\r\n"), 1u);
  send("GET /b HTTP/1.0\r\n\r\n");
  CAF_CHECK(until_ended());
  CAF_CHECK(ended);
  CAF_CHECK_EQUAL(count("Connection: close\r\n"), 1u);
  client.close();
  CAF_CHECK(until_closed());
}

CAF_TEST(nothing is taken after a request that closes) {
  echo();
  open();
  send("GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + get("/b"));
  CAF_CHECK(until_ended());
  CAF_CHECK(ended);
  CAF_CHECK_EQUAL(owner->requests.size(), 1u);
  CAF_CHECK(!owner->requests[0].keep_alive);
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

CAF_TEST(a peer that leaves while it is owed an answer is reported once and still answered) {
  open();
  send(get("/a"));
  CAF_REQUIRE(until([&] { return owner->requests.size() == 1; }));
  client.shutdown(boost::asio::socket_base::shutdown_send);
  CAF_CHECK(until([&] { return owner->peer_closed == 1; }));
  pump();
  CAF_CHECK_EQUAL(owner->peer_closed, 1);
  CAF_CHECK_EQUAL(owner->closed, 0);
  respond(text("late"));
  CAF_CHECK(until_ended());
  CAF_CHECK(ended);
  CAF_CHECK_EQUAL(count("late"), 1u);
  CAF_CHECK(until_closed());
}

CAF_TEST(what a peer had pipelined before its FIN is answered in full) {
  owner->answer = [this](const http_request& r) {
    boost::asio::post(io, [this, path = r.path] { respond(text(path)); });
  };
  open();
  send(get("/a") + get("/b") + get("/c") + "GET /unfinished");
  client.shutdown(boost::asio::socket_base::shutdown_send);
  CAF_CHECK(until_ended());
  CAF_CHECK_EQUAL(count("HTTP/1.1 200 OK"), 3u);
  CAF_CHECK(received.ends_with("/c"));
  CAF_CHECK(until_closed());
  CAF_CHECK(owner->refused.empty());
}

CAF_TEST(a reset while an answer is owed ends the connection) {
  open();
  send(get("/a"));
  CAF_REQUIRE(until([&] { return owner->requests.size() == 1; }));
  client.set_option(boost::asio::socket_base::linger{true, 0});
  client.close();
  CAF_CHECK(until_closed());
  CAF_CHECK_EQUAL(owner->peer_closed, 1);
  CAF_MESSAGE("and a late answer does no harm");
  respond(text("late"));
}

CAF_TEST(a peer that leaves while idle closes the connection without more ado) {
  echo();
  open();
  send(get("/a"));
  CAF_CHECK(until_received("/a"));
  client.close();
  CAF_CHECK(until_closed());
  CAF_CHECK_EQUAL(owner->peer_closed, 0);
}

CAF_TEST(a peer that leaves in the middle of a request is nobody to answer) {
  echo();
  open();
  for (auto part : {"G"sv, "GET / HTTP/1.1\r\nHost"sv, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab"sv}) {
    send(part);
    client.shutdown(boost::asio::socket_base::shutdown_send);
    CAF_CHECK(until_closed());
    CAF_CHECK(owner->requests.empty());
    CAF_CHECK(owner->refused.empty());
    CAF_CHECK_EQUAL(owner->peer_closed, 0);
    reopen();
  }
}

CAF_TEST(draining closes an idle connection at once) {
  open();
  call([](auto& c) { c.drain(); });
  CAF_CHECK_EQUAL(owner->closed, 0);
  CAF_CHECK(until_closed());
  CAF_CHECK(until_ended());
}

CAF_TEST(draining answers what is in flight and says close) {
  open();
  send(get("/a") + get("/b"));
  CAF_REQUIRE(until([&] { return owner->requests.size() == 1; }));
  call([](auto& c) { c.drain(); });
  pump();
  CAF_CHECK_EQUAL(owner->closed, 0);
  respond(text("last"));
  CAF_CHECK(until_ended());
  CAF_CHECK_EQUAL(count("Connection: close\r\n"), 1u);
  CAF_CHECK(received.ends_with("last"));
  CAF_CHECK_EQUAL(owner->requests.size(), 1u);
}

CAF_TEST(draining lets a request that has begun come to its end) {
  echo();
  open();
  send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe");
  pump();
  call([](auto& c) { c.drain(); });
  send("llo");
  CAF_CHECK(until_ended());
  CAF_CHECK_EQUAL(count("Connection: close\r\n"), 1u);
  CAF_CHECK_EQUAL(owner->requests.at(0).body, "hello");
  CAF_CHECK(!owner->requests.at(0).keep_alive);
}

CAF_TEST(abort closes now and tells the owner afterwards) {
  open();
  send(get("/a"));
  CAF_REQUIRE(until([&] { return owner->requests.size() == 1; }));
  call([](auto& c) { c.abort(); });
  CAF_CHECK_EQUAL(owner->closed, 0);
  pump();
  CAF_CHECK_EQUAL(owner->closed, 1);
  CAF_CHECK_EQUAL(owner->peer_closed, 0);
  CAF_CHECK(until_ended());
}

CAF_TEST(an owner may abort from within any call) {
  owner->answer = [this](const http_request&) { call([](auto& c) { c.abort(); }); };
  open();
  send(get("/a") + get("/b"));
  CAF_CHECK(until_closed());
  pump();
  CAF_CHECK_EQUAL(owner->requests.size(), 1u);
  CAF_CHECK_EQUAL(owner->closed, 1);
}

CAF_TEST(a closed connection lets go of its owner and of itself) {
  open();
  std::weak_ptr<http_connection> watched = connection;
  connection.reset();
  pump();
  CAF_CHECK(!watched.expired());
  CAF_CHECK_EQUAL(owner.use_count(), 2);
  client.close();
  CAF_CHECK(until_closed());
  pump();
  CAF_CHECK(watched.expired());
  CAF_CHECK_EQUAL(owner.use_count(), 1);
}

CAF_TEST_FIXTURE_SCOPE_END()
