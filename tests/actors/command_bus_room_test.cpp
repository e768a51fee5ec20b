// SPDX-License-Identifier: MIT
// What the bus refuses for want of room: among its waiters, while it drains, and behind a backlog.
#define CAF_SUITE command_bus_room

#include "actors/headers.hpp"
#include "tests/actors/fakes/bus_fixture.hpp"

using namespace tidings;
using namespace std::chrono_literals;

CAF_TEST_FIXTURE_SCOPE(command_bus_room_tests, bus_fixture)

CAF_TEST(beyond the bound on waiters commands are refused until one is answered) {
  start(2);
  submit("WriteNote", "cmd-1", {{"text", "a"}});
  submit("WriteNote", "cmd-2", {{"text", "b"}});
  CAF_CHECK_EQUAL(got.count<command_answer>(), 0u);
  submit("WriteNote", "cmd-3", {{"text", "c"}});
  CAF_REQUIRE_EQUAL(got.count<command_answer>(), 1u);
  CAF_CHECK(code_of(got.last<command_answer>().error) == errc::overloaded);
  CAF_CHECK_EQUAL(got.count<publish>(), 2u);
  ack();
  CAF_CHECK_EQUAL(got.count<command_answer>(), 2u);
  submit("WriteNote", "cmd-4", {{"text", "d"}});
  CAF_CHECK_EQUAL(got.count<publish>(), 3u);
}

CAF_TEST(those who attach count as waiters too) {
  start(1);
  attach("cmd-1", 5s);
  CAF_CHECK_EQUAL(got.count<nats_request>(), 1u);
  attach("cmd-1", 5s);
  CAF_CHECK_EQUAL(got.count<nats_request>(), 1u);
  CAF_REQUIRE_EQUAL(got.count<command_answer>(), 1u);
  CAF_CHECK(code_of(got.last<command_answer>().error) == errc::overloaded);
  submit("WriteNote", "cmd-2", {{"text", "a"}});
  CAF_CHECK_EQUAL(got.count<publish>(), 0u);
}

CAF_TEST(an invalid command takes no place among the waiters) {
  start(1);
  submit("WriteNote", "cmd-1", {{"text", 5}});
  submit("WriteNote", "cmd-2", {{"text", "a"}});
  CAF_CHECK_EQUAL(got.count<publish>(), 1u);
}

CAF_TEST(a draining bus takes no new command) {
  give(bus, drain_atom::value);
  submit("WriteNote", "cmd-1", {{"text", "hello"}});
  refusal(errc::shutting_down);
}

CAF_TEST(a draining bus still answers who attaches but lets nobody wait) {
  give(bus, drain_atom::value);
  attach("cmd-1", 5s);
  auto answer = [&](net::nats_message message) {
    nats_reply x;
    x.cookie = got.last<nats_request>().cookie;
    x.message = std::move(message);
    give(got.last<nats_request>().listener, x);
  };
  answer(incoming::nothing_there());
  answer(incoming::direct("commands.3.WriteNote.cmd-1", 21, "{}", {{command_headers::owner, "public"}}));
  answer(incoming::no_message());
  CAF_REQUIRE_EQUAL(got.count<command_answer>(), 1u);
  CAF_CHECK(got.last<command_answer>().status == outcome_status::pending);
}

// ---- The backlog ---------------------------------------------------------------------------------------------------

CAF_TEST(a new command is refused while too many wait) {
  give(bus, backlog_report{1234, true, 8});
  submit("WriteNote", "cmd-1", {{"text", "hello"}});
  auto why = refusal(errc::backlog_full);
  CAF_CHECK(why.detail.find("1234") != std::string::npos);
  CAF_CHECK_EQUAL(why.retry_after, 8u);
  CAF_CHECK_EQUAL(counts->refusals[static_cast<size_t>(tidings::refusal::backlog)], 1u);
  CAF_CHECK_EQUAL(counts->waiters, 0u);
}

CAF_TEST(those who are refused together are told different times) {
  give(bus, backlog_report{1234, true, 8});
  std::set<uint32_t> times;
  for (int i = 0; i < 10; ++i) {
    submit("WriteNote", "cmd-1", {{"text", "hello"}});
    times.insert(failure_of(got.last<command_answer>().error).retry_after);
  }
  CAF_CHECK(times == (std::set<uint32_t>{8, 9, 10, 11, 12}));
}

CAF_TEST(what is wrong with a command is said whatever waits) {
  give(bus, backlog_report{1234, true, 8});
  submit("WriteNote", "cmd-1", {{"text", 5}});
  refusal(errc::schema_violation);
}

CAF_TEST(when there is room again commands are taken again) {
  give(bus, backlog_report{1234, true, 8});
  give(bus, backlog_report{10, false, 1});
  submit("WriteNote", "cmd-1", {{"text", "hello"}});
  CAF_CHECK_EQUAL(got.count<publish>(), 1u);
}

CAF_TEST(an id that was chosen is looked for before it is refused) {
  give(bus, backlog_report{1234, true, 8});
  auto x = command("WriteNote", "cmd-1", {{"text", "hello"}});
  x.client_chosen = true;
  give(bus, x);
  CAF_CHECK_EQUAL(got.count<command_answer>(), 0u);
  CAF_CHECK_EQUAL(got.count<nats_request>(), 1u);
  CAF_CHECK_EQUAL(got.count<publish>(), 0u);
}

CAF_TEST(to wait for a command that was accepted is never refused for the backlog) {
  give(bus, backlog_report{1234, true, 8});
  attach("cmd-1", 0ms);
  CAF_CHECK_EQUAL(got.count<command_answer>(), 0u);
}

CAF_TEST_FIXTURE_SCOPE_END()
