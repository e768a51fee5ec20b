// SPDX-License-Identifier: MIT
#define CAF_SUITE http_router_headers

#include "tests/actors/fakes/router_fixture.hpp"

#include <caf/test/unit_test.hpp>

using namespace tidings;
using namespace std::chrono_literals;

namespace {

constexpr const char* trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

} // namespace

CAF_TEST_FIXTURE_SCOPE(http_router_headers_tests, router_fixture)

// ---- Prefer --------------------------------------------------------------------------------------------------------

CAF_TEST(a command waits as long as configured unless the client prefers otherwise) {
  auto plain = call(with_json("POST", "/commands/WriteNote", R"({"text":"hello"})"));
  CAF_CHECK_EQUAL(as<submit_command>(plain).wait.count(), 1500);
  CAF_CHECK(!plain.preferred);
  auto preferring = command_with("prefer", "wait=5");
  CAF_CHECK_EQUAL(as<submit_command>(preferring).wait.count(), 5000);
  CAF_CHECK(preferring.preferred == 5);
  auto not_waiting = command_with("prefer", "wait=0");
  CAF_CHECK_EQUAL(as<submit_command>(not_waiting).wait.count(), 0);
  CAF_CHECK(not_waiting.preferred == 0);
}

CAF_TEST(a wait beyond the cap is cut and the answer says so) {
  auto x = command_with("prefer", "wait=300");
  CAF_CHECK_EQUAL(as<submit_command>(x).wait.count(), 30'000);
  CAF_CHECK(x.preferred == 30);
}

CAF_TEST(a malformed preference is none) {
  auto x = command_with("prefer", "wait=soon");
  CAF_CHECK_EQUAL(as<submit_command>(x).wait.count(), 1500);
  CAF_CHECK(!x.preferred);
}

CAF_TEST(asking for an outcome waits only when preferred) {
  auto x = request("GET", "/commands/cmd-1");
  x.headers.emplace_back("prefer", "respond-async, wait=7");
  auto found = call(x);
  CAF_CHECK_EQUAL(as<attach_command>(found).wait.count(), 7000);
  CAF_CHECK(found.preferred == 7);
}

// ---- Idempotency-Key -----------------------------------------------------------------------------------------------

CAF_TEST(an idempotency key makes the same id each time whether quoted or bare) {
  auto bare = as<submit_command>(command_with("idempotency-key", "key-1"));
  CAF_CHECK(bare.client_chosen);
  CAF_CHECK(bare.command_id.starts_with("cmd-"));
  CAF_CHECK_EQUAL(as<submit_command>(command_with("idempotency-key", "\"key-1\"")).command_id, bare.command_id);
  CAF_CHECK_NOT_EQUAL(as<submit_command>(command_with("idempotency-key", "key-2")).command_id, bare.command_id);
}

CAF_TEST(the same idempotency key of another owner is another command) {
  auto x = with_json("POST", "/commands/WriteNote", R"({"text":"hello"})");
  x.headers.emplace_back("idempotency-key", "key-1");
  auto public_id = as<submit_command>(call(x)).command_id;
  x.headers.emplace_back("tidings-session", std::string(22, 'a'));
  CAF_CHECK_NOT_EQUAL(as<submit_command>(call(x)).command_id, public_id);
}

CAF_TEST(a malformed idempotency key is refused) {
  for (auto& key : {std::string{"\"\""}, std::string{"a b"}, std::string{"a,b"}, std::string{"\"a"},
                    std::string{"a\"b"}, std::string{"\xC3\xA9"}, std::string(256, 'a')}) {
    CAF_MESSAGE(key);
    CAF_CHECK_EQUAL(code(command_with("idempotency-key", key)), "malformed_request");
  }
  CAF_CHECK_EQUAL(code(command_with("idempotency-key", std::string(255, 'a'))), "");
}

CAF_TEST(two idempotency keys are refused) {
  auto x = with_json("POST", "/commands/WriteNote", R"({"text":"hello"})");
  x.headers.emplace_back("idempotency-key", "a");
  x.headers.emplace_back("idempotency-key", "b");
  CAF_CHECK_EQUAL(code(call(x)), "malformed_request");
}

CAF_TEST(resource routes take idempotency keys too) {
  auto x = request("DELETE", "/notes/n1");
  x.headers.emplace_back("idempotency-key", "key-1");
  CAF_CHECK(as<submit_command>(call(x)).client_chosen);
}

// ---- traceparent ---------------------------------------------------------------------------------------------------

CAF_TEST(a valid traceparent travels with the command and names the trace) {
  auto x = command_with("traceparent", trace);
  CAF_CHECK_EQUAL(x.trace_id, "0af7651916cd43dd8448eb211c80319c");
  CAF_CHECK_EQUAL(as<submit_command>(x).traceparent, trace);
}

CAF_TEST(an invalid traceparent is dropped) {
  for (auto text : {"", "nonsense", "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                    "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
                    "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333\n-01"}) {
    CAF_MESSAGE(text);
    auto x = command_with("traceparent", text);
    CAF_CHECK_EQUAL(x.trace_id, "");
    CAF_CHECK_EQUAL(as<submit_command>(x).traceparent, "");
  }
}

// ---- Owners --------------------------------------------------------------------------------------------------------

CAF_TEST(a session owns its commands and never shows in the owner) {
  const std::string session = "abcdefghijklmnopqrstuv";
  auto by_header = as<submit_command>(command_with("tidings-session", session));
  CAF_CHECK_NOT_EQUAL(by_header.owner->str(), "public");
  CAF_CHECK(by_header.owner->str().find(session) == std::string::npos);
  auto by_cookie = as<submit_command>(command_with("cookie", "a=b; tidings_session=" + session));
  CAF_CHECK_EQUAL(by_cookie.owner->str(), by_header.owner->str());
  auto status = request("GET", "/commands/cmd-1");
  status.headers.emplace_back("tidings-session", session);
  auto attached = as<attach_command>(call(status));
  CAF_CHECK_EQUAL(attached.owner->str(), by_header.owner->str());
}

CAF_TEST(a session that could be guessed is refused) {
  CAF_CHECK_EQUAL(code(command_with("tidings-session", std::string(21, 'a'))), "malformed_request");
  CAF_CHECK_EQUAL(code(command_with("tidings-session", "abcdefghijklmnopqrstu.")), "malformed_request");
}

CAF_TEST(a session is made by post only) {
  CAF_CHECK(is<session_request>(call("POST", "/session")));
  CAF_CHECK_EQUAL(as<method_refused>(call("GET", "/session")).allow, "POST, OPTIONS");
}

// ---- Conditions ----------------------------------------------------------------------------------------------------

CAF_TEST(the If_Match tag is the revision that the command expects) {
  CAF_CHECK(as<submit_command>(command_with("if-match", "\"17\"")).expected_revision == 17);
  CAF_CHECK(!as<submit_command>(command_with("x-other", "y")).expected_revision);
  for (auto tag : {"17", "W/\"17\"", "\"17\", \"18\"", "*", "\"abc\"", "\"-1\""}) {
    CAF_MESSAGE(tag);
    CAF_CHECK_EQUAL(code(command_with("if-match", tag)), "malformed_request");
  }
}

CAF_TEST(the time to live is a bounded number) {
  CAF_CHECK(as<submit_command>(command_with("tidings-ttl-ms", "250")).ttl == 250ms);
  CAF_CHECK(!as<submit_command>(command_with("x-other", "y")).ttl);
  for (auto ttl : {"-1", "1.5", "soon", "86400001", "99999999999999999999"})
    CAF_CHECK_EQUAL(code(command_with("tidings-ttl-ms", ttl)), "malformed_request");
}

CAF_TEST(only a demo lets clients slow handlers down) {
  CAF_CHECK_EQUAL(as<submit_command>(command_with("tidings-delay-ms", "250")).delay.count(), 0);
  settings.demo = true;
  CAF_CHECK_EQUAL(as<submit_command>(command_with("tidings-delay-ms", "250")).delay.count(), 250);
}

CAF_TEST(a query can wait for a command and allow a stale answer) {
  auto x = request("GET", "/notes/n1");
  x.headers.emplace_back("after-command", "cmd-1");
  auto found = call(x);
  CAF_REQUIRE(found.after);
  CAF_CHECK_EQUAL(found.after->command_id->str(), "cmd-1");
  CAF_CHECK(!found.after->stale_allowed);
  CAF_CHECK_EQUAL(found.after->patience.count(), 5000);
  x.headers.back().second = "cmd-1; stale=allow";
  x.headers.emplace_back("prefer", "wait=300");
  found = call(x);
  CAF_REQUIRE(found.after);
  CAF_CHECK(found.after->stale_allowed);
  CAF_CHECK_EQUAL(found.after->patience.count(), 30'000);
  x.headers[0].second = "cmd-1; stale=maybe";
  CAF_CHECK_EQUAL(code(call(x)), "malformed_request");
  x.headers[0].second = "cmd.1";
  CAF_CHECK_EQUAL(code(call(x)), "invalid_token");
}

CAF_TEST(the If_None_Match tag is kept for the answer) {
  auto x = request("GET", "/notes/n1");
  x.headers.emplace_back("if-none-match", "\"1\"");
  x.headers.emplace_back("if-none-match", "\"2\"");
  CAF_CHECK_EQUAL(call(x).if_none_match, "\"1\", \"2\"");
}

// ---- Event streams -------------------------------------------------------------------------------------------------

CAF_TEST(the events of a command need its id only) {
  auto x = as<events_request>(call("GET", "/commands/cmd-1/events?last_event_id=7"));
  CAF_CHECK_EQUAL(x.command_id->str(), "cmd-1");
  CAF_CHECK_EQUAL(x.last_event_id, "7");
  CAF_CHECK_EQUAL(code(call("GET", "/commands/a.b/events")), "invalid_token");
  CAF_CHECK_EQUAL(as<method_refused>(call("POST", "/commands/cmd-1/events")).allow, "GET, OPTIONS");
}

CAF_TEST(the header that browsers send wins over the parameter) {
  auto x = request("GET", "/commands/cmd-1/events?last_event_id=7");
  x.headers.emplace_back("last-event-id", "9");
  CAF_CHECK_EQUAL(as<events_request>(call(x)).last_event_id, "9");
}

CAF_TEST(the events of an owner need a session) {
  CAF_CHECK_EQUAL(code(call("GET", "/events")), "unauthorized");
  auto x = request("GET", "/events");
  x.headers.emplace_back("tidings-session", std::string(32, 'a'));
  auto events = as<events_request>(call(x));
  CAF_CHECK(!events.command_id && !events.query);
  CAF_CHECK_NOT_EQUAL(events.owner->str(), "public");
}

CAF_TEST(a query that accepts an event stream is live) {
  auto x = request("GET", "/notes/n1");
  x.headers.emplace_back("accept", "text/event-stream");
  auto live = as<events_request>(call(x));
  CAF_REQUIRE(live.query);
  CAF_CHECK_EQUAL(live.query->query_type, "GetNote");
  x.headers.back().second = "*/*";
  CAF_CHECK(is<ask_query>(call(x)));
}

CAF_TEST(a query that a service elsewhere answers cannot be live) {
  auto x = request("GET", "/queries/Elsewhere");
  x.headers.emplace_back("accept", "text/event-stream");
  CAF_CHECK_EQUAL(code(call(x)), "not_acceptable");
  x.headers.back().second = "text/event-stream, application/json";
  CAF_CHECK(is<ask_query>(call(x)));
}

CAF_TEST_FIXTURE_SCOPE_END()
