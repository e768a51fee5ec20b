// SPDX-License-Identifier: MIT
#define CAF_SUITE response_head

#include "net/response_head.hpp"

#include <caf/test/unit_test.hpp>

using namespace tidings::net;
using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

http_response with(uint16_t status, std::string body) {
  http_response result;
  result.status = status;
  result.content_type = body.empty() ? "" : "application/json";
  result.body = std::move(body);
  return result;
}

/// All but the Date.
std::string render(const http_response& response, response_framing framing = {}) {
  auto head = outgoing_response{response, framing}.text();
  auto date = head.find("Date: ");
  CAF_REQUIRE(date != std::string::npos);
  head.erase(date, head.find("\r\n", date) + 2 - date);
  return head;
}

} // namespace

CAF_TEST(a response has type and length and body) {
  auto response = with(202, "{}");
  response.headers.emplace_back("Location", "/commands/cmd-1");
  CAF_CHECK_EQUAL(render(response),
                  "HTTP/1.1 202 Accepted\r\nLocation: /commands/cmd-1\r\nContent-Type: application/json\r\n"
                  "Content-Length: 2\r\n\r\n{}");
}

CAF_TEST(the Date has the form of RFC 9110) {
  auto head = outgoing_response{with(200, "{}"), {}}.text();
  auto date = head.substr(head.find("Date: "), 37);
  CAF_CHECK_EQUAL(date.size(), 37u);
  CAF_CHECK_EQUAL(date.substr(31, 6), " GMT\r\n"s);
  CAF_CHECK_EQUAL(date[9], ',');
}

CAF_TEST(HEAD gets the length that GET would get) {
  CAF_CHECK_EQUAL(render(with(200, "hello"), {.to_head = true}),
                  "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n");
}

CAF_TEST(204 and 304 have neither body nor length) {
  CAF_CHECK_EQUAL(render(with(204, "")), "HTTP/1.1 204 No Content\r\n\r\n");
  CAF_CHECK_EQUAL(render(with(204, "oops")), "HTTP/1.1 204 No Content\r\n\r\n");
  CAF_CHECK_EQUAL(render(with(304, "oops")), "HTTP/1.1 304 Not Modified\r\n\r\n");
}

CAF_TEST(no body is a length of zero) {
  CAF_CHECK_EQUAL(render(with(503, "")), "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
}

CAF_TEST(a shared body goes before an own one) {
  auto response = with(200, "own");
  response.shared_body = std::make_shared<const std::string>("shared");
  CAF_CHECK_EQUAL(render(response),
                  "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 6\r\n\r\nshared");
}

CAF_TEST(the connection is mentioned when it differs from the default) {
  CAF_CHECK_EQUAL(render(with(200, ""), {.closes = true}),
                  "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  CAF_CHECK_EQUAL(render(with(200, ""), {.to_http_1_0 = true}),
                  "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n");
  CAF_CHECK_EQUAL(render(with(200, ""), {.to_http_1_0 = true, .closes = true}),
                  "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

CAF_TEST(a stream has no length) {
  CAF_CHECK_EQUAL(render(with(200, ""), {.closes = true, .stream = true}),
                  "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
}

CAF_TEST(a value with CR or LF or NUL cannot be sent) {
  CAF_CHECK(is_sendable(with(200, "a\r\nb")));
  for (auto value : {"a\rb"s, "a\nb"s, "\r\nSet-Cookie: x"s, "a\0b"s, "a\n"s}) {
    auto response = with(200, "");
    response.headers.emplace_back("Location", value);
    CAF_CHECK(!is_sendable(response));
  }
  auto fine = with(200, "");
  fine.headers.emplace_back("Location", "/a b\t\xc3\xa4");
  CAF_CHECK(is_sendable(fine));
  CAF_CHECK(is_sendable(unsendable_response()));
  CAF_CHECK_EQUAL(unsendable_response().status, 500);
}
