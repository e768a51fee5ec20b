// SPDX-License-Identifier: MIT
#define CAF_SUITE requests

#include "envelopes/requests.hpp"

#include <functional>

#include <caf/all.hpp>

#include "envelopes/errc.hpp"

#include <caf/test/dsl.hpp>

using namespace tidings;

namespace {

// The command request of the specification, byte for byte but for white space.
constexpr auto create_user = R"({
  "command_type": "CreateUserCommand",
  "command_id": "cmd-123e4567-e89b-12d3-a456-426614174000",
  "service_id": "user-service",
  "timestamp": "2025-11-29T12:34:56Z",
  "payload": {
    "name": "Alice",
    "email": "alice@example.com"
  }
})";

constexpr auto get_user = R"({
  "query_type": "GetUserQuery",
  "query_id": "qry-789e1234-f56c-12d3-a456-426614174999",
  "service_id": "user-service",
  "timestamp": "2025-11-29T12:34:56Z",
  "payload": {
    "user_id": "user-123"
  }
})";

std::string without_space(std::string_view text) { return dump(*parse_json(text)); }

caf::error error_of(const std::function<void(json&)>& change) {
  auto envelope = *parse_json(create_user);
  change(envelope);
  auto parsed = parse_command_request(dump(envelope));
  return parsed ? caf::error{} : parsed.error();
}

} // namespace

CAF_TEST(the largest payload that may be sent by itself survives its envelope) {
  auto deep = std::string(json_limits{}.depth - 1, '[') + "1" + std::string(json_limits{}.depth - 1, ']');
  auto wide = "[0" + [] { std::string more; for (size_t i = 1; i < json_limits{}.members - 1; ++i) more += ",0"; return more; }() + "]";
  for (auto& payload : {"{\"x\":" + deep + "}", "{\"x\":" + wide + "}"}) {
    command_request x{"CreateUser", "cmd-1", "web", "2025-11-29T12:34:56Z", *parse_json(payload)};
    auto again = parse_command_request(to_json(x));
    CAF_REQUIRE(again);
    CAF_CHECK_EQUAL(dump(again->payload), payload);
  }
}

CAF_TEST(the command request of the specification is read) {
  auto request = parse_command_request(create_user);
  CAF_REQUIRE(request);
  CAF_CHECK_EQUAL(request->command_type, "CreateUserCommand");
  CAF_CHECK_EQUAL(request->command_id, "cmd-123e4567-e89b-12d3-a456-426614174000");
  CAF_CHECK_EQUAL(request->service_id, "user-service");
  CAF_CHECK_EQUAL(request->timestamp, "2025-11-29T12:34:56Z");
  CAF_CHECK_EQUAL(dump(request->payload), R"({"name":"Alice","email":"alice@example.com"})");
}

CAF_TEST(a command request is written as in the specification) {
  CAF_CHECK_EQUAL(to_json(*parse_command_request(create_user)), without_space(create_user));
}

CAF_TEST(a query request is read and written as in the specification) {
  auto request = parse_query_request(get_user);
  CAF_REQUIRE(request);
  CAF_CHECK_EQUAL(request->query_type, "GetUserQuery");
  CAF_CHECK_EQUAL(to_json(*request), without_space(get_user));
}

CAF_TEST(a missing field is named) {
  for (std::string name : {"command_type", "command_id", "service_id", "timestamp", "payload"}) {
    auto error = error_of([&](json& x) { x.erase(name); });
    CAF_CHECK_EQUAL(error, errc::malformed_request);
    auto what = failure_of(error);
    CAF_CHECK_EQUAL(what.detail, "Invalid request format: expected '" + name + "' field");
    CAF_REQUIRE_EQUAL(what.errors.size(), 1u);
    CAF_CHECK_EQUAL(what.errors[0].pointer, "/" + name);
  }
}

CAF_TEST(a mistyped field is named) {
  for (std::string name : {"command_type", "command_id", "service_id", "timestamp"}) {
    auto error = error_of([&](json& x) { x[name] = 42; });
    CAF_CHECK_EQUAL(failure_of(error).detail, "Invalid request format: expected '" + name + "' field");
  }
}

CAF_TEST(types ids and services must be tokens) {
  for (std::string name : {"command_type", "command_id", "service_id"})
    for (auto text : {"", "a.b", "a b", "*", ">", "a\r\nb", "\u00e9", "$JS"}) {
      auto error = error_of([&](json& x) { x[name] = text; });
      CAF_CHECK_EQUAL(error, errc::invalid_token);
      auto what = failure_of(error);
      CAF_REQUIRE_EQUAL(what.errors.size(), 1u);
      CAF_CHECK_EQUAL(what.errors[0].pointer, "/" + name);
    }
}

CAF_TEST(a timestamp must be one) {
  auto error = error_of([](json& x) { x["timestamp"] = "yesterday"; });
  CAF_CHECK_EQUAL(failure_of(error).detail, "Invalid request format: expected 'timestamp' field");
}

CAF_TEST(texts end at 256 bytes) {
  auto error = error_of([](json& x) { x["timestamp"] = "2025-11-29T12:34:56." + std::string(300, '0') + "Z"; });
  CAF_CHECK_EQUAL(error, errc::malformed_request);
}

CAF_TEST(unknown fields are ignored) {
  CAF_CHECK(!error_of([](json& x) { x["extra"] = json::array({1, 2}); }));
}

CAF_TEST(a payload may be null but not absent) {
  CAF_CHECK(!error_of([](json& x) { x["payload"] = nullptr; }));
}

CAF_TEST(what is no object is no request) {
  for (auto text : {"[]", "1", "null", "\"x\"", "{", ""}) {
    auto request = parse_command_request(text);
    CAF_REQUIRE(!request);
    CAF_CHECK_EQUAL(request.error(), errc::malformed_request);
  }
}

CAF_TEST(duplicate command types are refused) {
  auto request = parse_command_request(R"({"command_type":"A","command_type":"B"})");
  CAF_REQUIRE(!request);
  auto what = failure_of(request.error());
  CAF_REQUIRE_EQUAL(what.errors.size(), 1u);
  CAF_CHECK_EQUAL(what.errors[0].pointer, "/command_type");
}
