// SPDX-License-Identifier: MIT
#define CAF_SUITE http_connection_end

#include "net/http_connection.hpp"

#include "checked_connection_fixture.hpp"

using namespace tidings;
using namespace tidings::net;
using testing::get;
using namespace std::string_view_literals;

CAF_TEST_FIXTURE_SCOPE(http_connection_end_tests, testing::checked_connection_fixture)

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
