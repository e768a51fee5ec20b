// SPDX-License-Identifier: MIT
#define CAF_SUITE http_stream

#include <caf/test/unit_test.hpp>

#include "connection_fixture.hpp"

using namespace tidings;
using namespace tidings::net;
using namespace std::chrono_literals;

namespace {

struct fixture : testing::connection_fixture {
  ~fixture() { CAF_CHECK_EQUAL(owner->reentered, 0); }

  static http_response stream_head() {
    http_response head;
    head.content_type = "text/event-stream";
    head.headers.emplace_back("Cache-Control", "no-cache, no-transform");
    return head;
  }

  void ask(std::string_view method = "GET") {
    send(std::string{method} + " /events HTTP/1.1\r\nHost: a\r\n\r\n");
    CAF_REQUIRE(until([&] { return owner->requests.size() == 1; }));
  }

  void start() {
    ask();
    call([](auto& c) { c.start_stream(stream_head()); });
  }

  bool write(std::string chunk) {
    auto shared = std::make_shared<const std::string>(std::move(chunk));
    return call([&](auto& c) { return c.write_stream(shared); });
  }

  void finish() {
    call([](auto& c) { c.finish_stream(); });
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(http_stream_tests, fixture)

CAF_TEST(a stream is a head and chunks until it is finished) {
  open();
  start();
  CAF_CHECK(until_received("\r\n\r\n"));
  CAF_CHECK(received.starts_with("HTTP/1.1 200 OK\r\n"));
  CAF_CHECK_EQUAL(count("Content-Type: text/event-stream\r\n"), 1u);
  CAF_CHECK_EQUAL(count("Cache-Control: no-cache, no-transform\r\n"), 1u);
  CAF_CHECK_EQUAL(count("Connection: close\r\n"), 1u);
  CAF_CHECK_EQUAL(count("Content-Length"), 0u);
  CAF_CHECK(write("one"));
  CAF_CHECK(write("two"));
  CAF_CHECK(until_received("\r\n\r\nonetwo"));
  CAF_CHECK(write(""));
  CAF_CHECK(write("three"));
  finish();
  CAF_CHECK(!write("four"));
  CAF_CHECK(until_ended());
  CAF_CHECK(ended);
  CAF_CHECK(received.ends_with("onetwothree"));
  client.close();
  CAF_CHECK(until_closed());
}

CAF_TEST(the owner learns when a buffer has gone empty) {
  open();
  start();
  CAF_CHECK(until([&] { return owner->drained == 1; }));
  CAF_CHECK(write("one"));
  CAF_CHECK(write("two"));
  CAF_CHECK_EQUAL(owner->drained, 1);
  CAF_CHECK(until([&] { return owner->drained == 2; }));
  pump();
  CAF_CHECK_EQUAL(owner->drained, 2);
}

CAF_TEST(chunks arrive complete and in order) {
  limits.stream_buffer_bytes = 10'000'000;
  open();
  start();
  std::string all;
  for (int i = 0; i < 5000; ++i) {
    auto chunk = "event " + std::to_string(i) + std::string(static_cast<size_t>(i % 700), 'x') + "\n";
    all += chunk;
    CAF_REQUIRE(write(chunk));
    if (i % 100 == 0) turn();
  }
  finish();
  CAF_CHECK(until_ended());
  CAF_CHECK(received.ends_with("\r\n\r\n" + all));
}

CAF_TEST(a reader that is too far behind is cut) {
  limits.stream_buffer_bytes = 100'000;
  open(4096);
  start();
  auto chunk = std::make_shared<const std::string>(10'000, 'x');
  size_t taken = 0;
  while (taken < 10'000 && call([&](auto& c) { return c.write_stream(chunk); })) {
    ++taken;
    pump();
  }
  CAF_MESSAGE("chunks taken by buffer and kernel: " << taken);
  CAF_CHECK(taken >= 10);
  CAF_CHECK(taken < 10'000);
  CAF_CHECK_EQUAL(owner->closed, 0);
  pump();
  CAF_CHECK_EQUAL(owner->closed, 1);
  CAF_CHECK(until_ended());
  CAF_CHECK(was_reset);
  CAF_MESSAGE("and nothing is kept for it");
  connection.reset();
  CAF_CHECK_EQUAL(chunk.use_count(), 1);
}

CAF_TEST(a reader that stops reading is cut at the write deadline) {
  limits.write_deadline = 20s;
  open(4096);
  start();
  while (owner->drained == 0)
    pump();
  CAF_MESSAGE("a quiet stream has no deadline");
  check_deadlines_in(10h);
  pump();
  CAF_CHECK_EQUAL(owner->closed, 0);
  CAF_MESSAGE("but a chunk on its way has");
  CAF_CHECK(write(std::string(8'000'000, 'x')));
  pump();
  check_deadlines_in(19s);
  pump();
  CAF_CHECK_EQUAL(owner->closed, 0);
  check_deadlines_in(21s);
  pump();
  CAF_CHECK_EQUAL(owner->closed, 1);
  CAF_CHECK(!write("more"));
}

CAF_TEST(a peer that leaves a stream is reported once) {
  open();
  start();
  CAF_CHECK(until_received("\r\n\r\n"));
  send("this is read and discarded");
  client.shutdown(boost::asio::socket_base::shutdown_send);
  CAF_CHECK(until([&] { return owner->peer_closed == 1; }));
  CAF_CHECK_EQUAL(owner->closed, 0);
  CAF_MESSAGE("and may still read");
  CAF_CHECK(write("last"));
  CAF_CHECK(until_received("last"));
  finish();
  CAF_CHECK(until_ended());
  CAF_CHECK(until_closed());
  CAF_CHECK_EQUAL(owner->peer_closed, 1);
  CAF_CHECK_EQUAL(owner->requests.size(), 1u);
}

CAF_TEST(a peer that was gone before the stream began is reported) {
  owner->answer = [this](const http_request&) { call([](auto& c) { c.start_stream(stream_head()); }); };
  open();
  client.write_some(boost::asio::buffer(std::string{"GET / HTTP/1.1\r\nHost: a\r\n\r\n"}));
  client.shutdown(boost::asio::socket_base::shutdown_send);
  CAF_CHECK(until([&] { return owner->peer_closed == 1; }));
  finish();
  CAF_CHECK(until_closed());
}

CAF_TEST(HEAD on a stream gets the head alone) {
  open();
  ask("HEAD");
  call([](auto& c) { c.start_stream(stream_head()); });
  CAF_CHECK(!write("one"));
  CAF_CHECK(until_ended());
  CAF_CHECK(received.ends_with("Connection: close\r\n\r\n"));
  CAF_CHECK_EQUAL(count("Content-Length"), 0u);
}

CAF_TEST(a stream head cannot be split) {
  open();
  ask();
  call([](auto& c) {
    auto head = stream_head();
    head.headers.emplace_back("X", "a\nSet-Cookie: evil");
    c.start_stream(std::move(head));
  });
  CAF_CHECK(!write("one"));
  CAF_CHECK(until_ended());
  CAF_CHECK(received.starts_with("HTTP/1.1 500 "));
  CAF_CHECK_EQUAL(count("evil"), 0u);
}

CAF_TEST(draining leaves a stream to its owner) {
  open();
  start();
  call([](auto& c) { c.drain(); });
  pump();
  CAF_CHECK_EQUAL(owner->closed, 0);
  CAF_CHECK(write("retry: 1\n\n"));
  finish();
  CAF_CHECK(until_ended());
  CAF_CHECK(received.ends_with("retry: 1\n\n"));
}

CAF_TEST(a stream ends by itself when its time is over) {
  open();
  ask();
  auto end = clock::now() + 60s;
  call([&](auto& c) {
    c.end_stream_at(end);
    c.start_stream(stream_head());
  });
  write("one\n\n");
  CAF_CHECK(until_received("one"));
  pump(); // nothing is being written, so no write deadline counts
  check_deadlines_at(end - 1ms);
  write("two\n\n");
  CAF_CHECK(until_received("two"));
  pump();
  CAF_CHECK(!ended);
  check_deadlines_at(end);
  CAF_CHECK(!write("three\n\n"));
  CAF_CHECK(until_ended());
  CAF_CHECK(!was_reset);
  CAF_CHECK(received.ends_with("two\n\n"));
}

CAF_TEST(headers that an answer is decorated with are of that answer only) {
  open();
  owner->answer = [this](const http_request& r) {
    if (r.path == "/a") call([](auto& c) { c.decorate({{"X-Extra", "1"}}); });
    respond(text(r.path));
  };
  send("GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n");
  CAF_CHECK(until_received("/b"));
  CAF_CHECK_EQUAL(count("X-Extra: 1"), 1u);
  CAF_CHECK(received.find("X-Extra") < received.find("/a"));
}

CAF_TEST_FIXTURE_SCOPE_END()
