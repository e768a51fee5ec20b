// SPDX-License-Identifier: MIT
#define CAF_SUITE http_deadlines

#include <caf/test/unit_test.hpp>

#include "connection_fixture.hpp"

using namespace tidings;
using namespace tidings::net;
using namespace std::chrono_literals;

namespace {

struct fixture : testing::connection_fixture {
  fixture() {
    limits.head_deadline = 10s;
    limits.body_deadline = 30s;
    limits.idle_deadline = 75s;
    limits.write_deadline = 20s;
  }

  ~fixture() { CAF_CHECK_EQUAL(owner->reentered, 0); }

  /// Checks the deadlines a second before `when`, where nothing may happen, and a second after it.
  void pass(std::chrono::seconds when) {
    check_deadlines_in(when - 1s);
    pump();
    CAF_CHECK_EQUAL(owner->closed, 0);
    CAF_CHECK(owner->refused.empty());
    check_deadlines_in(when + 1s);
  }

  void expect_408() {
    CAF_CHECK(until_ended());
    CAF_CHECK(ended);
    CAF_CHECK_EQUAL(count("HTTP/1.1 408 "), 1u);
    CAF_CHECK_EQUAL(count("Connection: close\r\n"), 1u);
    CAF_REQUIRE_EQUAL(owner->refused.size(), 1u);
    CAF_CHECK_EQUAL(owner->refused[0].first, errc::request_timeout);
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(http_deadlines_tests, fixture)

CAF_TEST(a head that is too slow gets 408) {
  refuse_at_once();
  open();
  send("GET / HTTP/1.1\r\nX: ");
  pass(10s);
  expect_408();
}

CAF_TEST(the head deadline counts from the accept and no byte moves it) {
  refuse_at_once();
  open();
  auto accepted = clock::now();
  for (char c : std::string_view{"GET / HTTP/1.1\r\nHost: a\r\nX: y"})
    send({&c, 1});
  check_deadlines_at(accepted + 10s);
  expect_408();
}

CAF_TEST(the body deadline counts from the end of the head and no byte moves it) {
  refuse_at_once();
  open();
  send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\n");
  pump();
  auto head_ended = clock::now();
  for (int i = 0; i < 20; ++i)
    send("x");
  check_deadlines_at(head_ended + 30s);
  expect_408();
}

CAF_TEST(the head deadline of a later request counts from its first byte) {
  echo();
  open();
  send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
  CAF_CHECK(until_received("/a"));
  CAF_MESSAGE("idle, so the head deadline does not count");
  check_deadlines_in(11s);
  pump();
  CAF_CHECK_EQUAL(owner->closed, 0);
  received.clear();
  send("G");
  pump();
  pass(10s);
  expect_408();
}

CAF_TEST(a connection that never asked anything is closed quietly) {
  refuse_at_once();
  open();
  pass(10s);
  CAF_CHECK(until_closed());
  CAF_CHECK(until_ended());
  CAF_CHECK_EQUAL(received, "");
  CAF_CHECK(owner->refused.empty());
}

CAF_TEST(a body that is too slow gets 408) {
  refuse_at_once();
  limits.body_rate = 0; // here only the deadline counts
  open();
  CAF_MESSAGE("by length");
  send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe");
  pump();
  pass(30s);
  expect_408();
  CAF_CHECK_EQUAL(owner->refused.at(0).second, "/a");
  reopen();
  CAF_MESSAGE("and in chunks");
  send("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe");
  pump();
  send("l");
  pump();
  pass(30s);
  expect_408();
}

CAF_TEST(a body that only drips is given up early) {
  refuse_at_once();
  open();
  for (std::string_view framing : {"Content-Length: 100000", "Transfer-Encoding: chunked"}) {
    send("POST /a HTTP/1.1\r\nHost: a\r\n" + std::string{framing} + "\r\n\r\n");
    pump();
    for (int i = 0; i < 100; ++i) send(framing.starts_with('T') ? "1\r\nx\r\n" : "x");
    pump();
    CAF_MESSAGE("in its grace it may");
    check_deadlines_in(4s);
    pump();
    CAF_CHECK(owner->refused.empty());
    CAF_MESSAGE("afterwards not");
    check_deadlines_in(6s);
    expect_408();
    reopen();
  }
}

CAF_TEST(a body that comes fast enough has its whole time) {
  refuse_at_once();
  open();
  send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
  pump();
  send(std::string(20'000, 'x'));
  pump();
  pass(29s);
  CAF_CHECK(owner->refused.empty());
}

CAF_TEST(an idle connection is closed quietly) {
  echo();
  open();
  send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
  CAF_CHECK(until_received("/a"));
  pass(75s);
  CAF_CHECK(until_closed());
  CAF_CHECK(owner->refused.empty());
}

CAF_TEST(an owner may take its time) {
  open();
  send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
  CAF_REQUIRE(until([&] { return owner->requests.size() == 1; }));
  check_deadlines_in(10h);
  pump();
  CAF_CHECK_EQUAL(owner->closed, 0);
  respond(text("late"));
  CAF_CHECK(until_received("late"));
}

CAF_TEST(a reader of a response that does not read is cut) {
  open(4096);
  send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
  CAF_REQUIRE(until([&] { return owner->requests.size() == 1; }));
  auto big = std::make_shared<const std::string>(8'000'000, 'b');
  auto response = text("");
  response.shared_body = big;
  respond(std::move(response));
  pump();
  pass(20s);
  pump();
  CAF_CHECK_EQUAL(owner->closed, 1);
  CAF_CHECK(until_ended());
  CAF_CHECK(was_reset);
  CAF_MESSAGE("and its response is not kept");
  response = {};
  connection.reset();
  CAF_CHECK_EQUAL(big.use_count(), 1);
}

CAF_TEST(a peer that neither reads the end nor closes is closed) {
  refuse_at_once();
  open();
  send("nonsense\r\n");
  CAF_CHECK(until_ended());
  CAF_CHECK(ended);
  CAF_CHECK_EQUAL(count("HTTP/1.1 400 "), 1u);
  CAF_CHECK_EQUAL(owner->closed, 0);
  check_deadlines_in(3s);
  CAF_CHECK(until_closed());
}

CAF_TEST(a peer that leaves just before its 408 is reported after the refusal) {
  open();
  send("GET /");
  pump();
  check_deadlines_in(11s);
  client.shutdown(boost::asio::socket_base::shutdown_send);
  CAF_CHECK(until([&] { return owner->peer_closed == 1; }));
  CAF_CHECK_EQUAL(owner->refused.size(), 1u);
  respond(text("late", 408));
  CAF_CHECK(until_ended());
  CAF_CHECK_EQUAL(count("HTTP/1.1 408 "), 1u);
  CAF_CHECK(until_closed());
}

CAF_TEST_FIXTURE_SCOPE_END()
