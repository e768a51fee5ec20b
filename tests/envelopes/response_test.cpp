// SPDX-License-Identifier: MIT
#define CAF_SUITE response

#include "envelopes/response.hpp"

#include <caf/all.hpp>

#include "envelopes/errc.hpp"

#include <caf/test/dsl.hpp>

using namespace tidings;

namespace {

// The responses of the specification.
constexpr auto created = R"({
  "success": true,
  "command_id": "cmd-123e4567-e89b-12d3-a456-426614174000",
  "timestamp": "2025-11-29T12:34:56Z",
  "payload": {
    "user_id": "user-456",
    "created_at": "2025-11-29T12:34:56Z"
  },
  "error": null
})";

constexpr auto rejected = R"({
  "success": false,
  "command_id": "cmd-123e4567-e89b-12d3-a456-426614174000",
  "timestamp": "2025-11-29T12:34:56Z",
  "payload": null,
  "error": "User already exists with email: alice@example.com"
})";

std::string without_space(std::string_view text) { return dump(*parse_json(text)); }

std::string detail_of(std::string_view text) {
  auto parsed = parse_response(text);
  if (parsed) return "accepted";
  CAF_CHECK_EQUAL(parsed.error(), errc::bad_reply);
  return failure_of(parsed.error()).detail;
}

} // namespace

CAF_TEST(the responses of the specification are read and written the same) {
  for (auto text : {created, rejected}) {
    auto parsed = parse_response(text);
    CAF_REQUIRE(parsed);
    CAF_CHECK_EQUAL(to_json(*parsed), without_space(text));
  }
  auto reply = parse_response(rejected);
  CAF_CHECK_EQUAL(*reply->error, "User already exists with email: alice@example.com");
}

CAF_TEST(a query response is one too) {
  auto parsed =
      parse_response(R"({"success":true,"query_id":"qry-1","timestamp":"2025-11-29T12:34:56Z","payload":[]})");
  CAF_REQUIRE(parsed);
  CAF_CHECK_EQUAL(parsed->id_field, "query_id");
  CAF_CHECK_EQUAL(parsed->id, "qry-1");
}

CAF_TEST(a pending response has no success) {
  auto parsed = parse_response(R"({"success":null,"command_id":"cmd-1","timestamp":"2025-11-29T12:34:56Z"})");
  CAF_REQUIRE(parsed);
  CAF_CHECK(!parsed->success);
  CAF_CHECK(to_json(*parsed).starts_with(R"({"success":null,)"));
}

CAF_TEST(a query response wraps JSON text without parsing it) {
  CAF_CHECK_EQUAL(
      render_query_response("qry-1", "2025-11-29T12:34:56Z", R"({"a":1})"),
      R"({"success":true,"query_id":"qry-1","timestamp":"2025-11-29T12:34:56Z","payload":{"a":1},"error":null})");
}

CAF_TEST(the missing field of a reply is named) {
  CAF_CHECK_EQUAL(detail_of(R"({"stream":"COMMANDS","seq":1})"), "Invalid response format: expected 'success' field");
  CAF_CHECK_EQUAL(detail_of(R"({"success":"yes"})"), "Invalid response format: expected 'success' field");
  CAF_CHECK_EQUAL(detail_of(R"({"success":true})"), "Invalid response format: expected 'command_id' field");
  CAF_CHECK_EQUAL(detail_of(R"({"success":true,"command_id":"c"})"),
                  "Invalid response format: expected 'timestamp' field");
  CAF_CHECK_EQUAL(detail_of(R"({"success":true,"command_id":"c","timestamp":"2025-11-29T12:34:56Z"})"),
                  "Invalid response format: expected 'payload' field");
  CAF_CHECK_EQUAL(detail_of(R"({"success":false,"command_id":"c","timestamp":"2025-11-29T12:34:56Z"})"),
                  "Invalid response format: expected 'error' field");
}

CAF_TEST(what is not JSON is a bad reply) {
  CAF_CHECK_EQUAL(detail_of("-ERR"), "Invalid JSON at line 1, column 2: invalid number; expected digit after '-'");
  CAF_CHECK_EQUAL(detail_of("[]"), "Invalid response format: expected a JSON object");
}
