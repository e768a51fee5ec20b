// SPDX-License-Identifier: MIT
#define CAF_SUITE kv_projector_retry

#include "tests/actors/fakes/projector_fixture.hpp"

using namespace tidings;
using namespace std::chrono_literals;
using result = projected::result;

namespace {

struct retry_fixture : projector_fixture {
  retry_fixture() { start("notes"); }

  /// A command on n1, up to its write.
  void start_write(uint64_t sequence) {
    write_note(sequence, "n1");
    look_up_gives(sequence, document("n1", 3, 2, "cmd-2", {{"id", "n1"}, {"text", "old"}}));
    CAF_REQUIRE_EQUAL(times<publish>(sequence), 1u);
  }

  /// A handler that fails with `code`; it counts its decisions.
  void start_with_failing_handler(errc code, size_t& decisions) {
    auto [handler, script] = lone_fake<command_handler_actor>();
    script->answer<decide_command, decision>([code, &decisions](const decide_command&) -> caf::result<decision> {
      ++decisions;
      return make_error(code, "the handler is on strike");
    });
    start("notes", handler);
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(kv_projector_retry_tests, retry_fixture)

CAF_TEST(a write that lost reads the bucket again and decides again) {
  project_command(10, "EditNote", {{"id", "n1"}, {"text", "new"}});
  look_up_gives(10, document("n1", 3, 2, "cmd-2", {{"id", "n1"}, {"text", "old"}}));
  write_fails(10, errc::wrong_revision);
  CAF_MESSAGE("at once and from the bucket itself");
  CAF_CHECK_EQUAL(times<nats_request>(10), 1u);
  CAF_CHECK_EQUAL(got.last<nats_request>().subject, "$JS.API.STREAM.MSG.GET.KV_notes");
  reply(10, entry("$KV.notes.n1", 8, 3, {{"id", "n1"}, {"text", "x"}, {"colour", "red"}}));
  CAF_REQUIRE_EQUAL(times<publish>(10), 2u);
  CAF_CHECK_EQUAL(header(write_of(10), entry_headers::expected), "8");
  CAF_CHECK_EQUAL(text(parsed(write_of(10).what->data)["text"]), "new");
  CAF_CHECK_EQUAL(text(parsed(write_of(10).what->data)["colour"]), "red");
  written(10, 9);
  CAF_CHECK(result_of(10).what == result::written);
  CAF_CHECK_EQUAL(result_of(10).attempts, 1u);
}

CAF_TEST(a decision can turn into a rejection when the document has changed) {
  project_command(10, "EditNote", {{"id", "n1"}, {"text", "new"}});
  look_up_gives(10, document("n1", 3, 2, "cmd-2", {{"id", "n1"}}));
  write_fails(10, errc::wrong_revision);
  reply(10, incoming::no_message());
  CAF_CHECK(result_of(10).what == result::rejected);
  CAF_CHECK_EQUAL(result_of(10).reason.code, "missing");
}

CAF_TEST(a write whose fate is unknown is looked for and found) {
  start_write(10);
  write_fails(10, errc::outcome_unknown);
  CAF_CHECK_EQUAL(times<publish>(10), 1u);
  pass(200ms);
  CAF_CHECK_EQUAL(got.last<nats_request>().subject, "$JS.API.STREAM.MSG.GET.KV_notes");
  reply(10, entry("$KV.notes.n1", 4, 10, {{"id", "n1"}, {"text", "cmd-10"}}));
  CAF_CHECK_EQUAL(times<publish>(10), 1u);
  CAF_CHECK(result_of(10).what == result::written);
  CAF_CHECK_EQUAL(result_of(10).entry->revision, 4u);
}

CAF_TEST(a write whose fate is unknown and that is not there is written again) {
  start_write(10);
  write_fails(10, errc::outcome_unknown);
  pass(200ms);
  reply(10, entry("$KV.notes.n1", 3, 2, {{"id", "n1"}, {"text", "old"}}));
  CAF_REQUIRE_EQUAL(times<publish>(10), 2u);
  CAF_CHECK_EQUAL(header(write_of(10), entry_headers::expected), "3");
}

CAF_TEST(infrastructure that fails is no reason to give up) {
  start_write(10);
  size_t rounds = 12;
  for (size_t i = 1; i <= rounds; ++i) {
    write_fails(10, i % 2 == 0 ? errc::unavailable : errc::outcome_unknown);
    pass(6s, 50ms);
    CAF_REQUIRE_EQUAL(times<nats_request>(10), i);
    reply(10, entry("$KV.notes.n1", 3, 2, {{"id", "n1"}, {"text", "old"}}));
    CAF_REQUIRE_EQUAL(times<publish>(10), i + 1);
  }
  CAF_CHECK_EQUAL(times<projected>(10), 0u);
  written(10, 4);
  CAF_CHECK(result_of(10).what == result::written);
  CAF_CHECK_EQUAL(result_of(10).attempts, 0u);
}

CAF_TEST(the pause between tries grows and is bounded) {
  write_note(10, "n1", true);
  std::vector<milliseconds> pauses;
  for (size_t tries = 1; tries < 12; ++tries) {
    reply_error(10, errc::unavailable);
    milliseconds waited{0};
    while (times<nats_request>(10) == tries && waited < 20s) {
      pass(50ms, 50ms);
      waited += 50ms;
    }
    pauses.push_back(waited);
  }
  CAF_CHECK_LESS_OR_EQUAL(pauses.front().count(), 200);
  for (size_t i = 1; i < pauses.size(); ++i)
    CAF_CHECK_GREATER_OR_EQUAL(pauses[i].count(), pauses[i - 1].count());
  CAF_CHECK_GREATER_OR_EQUAL(pauses.back().count(), 3700);
  CAF_CHECK_LESS_OR_EQUAL(pauses.back().count(), 5100);
}

CAF_TEST(a bucket that cannot be read is tried again) {
  write_note(10, "n1", true);
  reply(10, incoming::no_message());
  reply(10, incoming::api_refusal(503, 10008, "no leader"));
  CAF_CHECK_EQUAL(times<projected>(10), 0u);
  CAF_CHECK_EQUAL(times<publish>(10), 0u);
  pass(200ms);
  CAF_CHECK_EQUAL(times<nats_request>(10), 3u);
}

CAF_TEST(a handler that keeps failing is given up after five attempts) {
  size_t decisions = 0;
  start_with_failing_handler(errc::handler_timeout, decisions);
  write_note(10, "n1");
  for (size_t i = 1; i <= 5; ++i) {
    CAF_REQUIRE_EQUAL(times<look_up>(10), i);
    look_up_gives(10, nullptr);
    CAF_CHECK_EQUAL(decisions, i);
    CAF_CHECK_EQUAL(times<projected>(10), i == 5 ? 1u : 0u);
    pass(3s, 50ms);
  }
  auto end = result_of(10);
  CAF_CHECK(end.what == result::gave_up);
  CAF_CHECK_EQUAL(end.attempts, 5u);
  CAF_CHECK_EQUAL(end.reason.message, "the handler is on strike");
  CAF_CHECK_EQUAL(times<publish>(10), 0u);
  pass(10s, 50ms);
  CAF_CHECK_EQUAL(decisions, 5u);
}

CAF_TEST(an outage on the way to a handler is no reason to give up) {
  for (auto code : {errc::unavailable, errc::outcome_unknown, errc::overloaded, errc::shutting_down}) {
    size_t decisions = 0;
    start_with_failing_handler(code, decisions);
    write_note(10, "n1");
    auto before = times<look_up>(10);
    for (size_t i = 1; i <= 8; ++i) {
      look_up_gives(10, nullptr);
      CAF_REQUIRE_EQUAL(decisions, i);
      pass(6s, 50ms);
      CAF_REQUIRE_EQUAL(times<look_up>(10), before + i);
    }
    CAF_CHECK_EQUAL(times<projected>(10), 0u);
  }
}

CAF_TEST(a handler that recovers in time is not given up) {
  size_t decisions = 0;
  auto [handler, script] = lone_fake<command_handler_actor>();
  script->answer<decide_command, decision>([&](const decide_command& x) -> caf::result<decision> {
    if (++decisions < 5) return make_error(errc::handler_timeout);
    return decision{write_document{x.command->request.payload}};
  });
  start("notes", handler);
  write_note(10, "n1");
  for (int i = 0; i < 5; ++i) {
    look_up_gives(10, nullptr);
    pass(3s, 50ms);
  }
  CAF_CHECK_EQUAL(times<publish>(10), 1u);
  written(10, 4);
  CAF_CHECK(result_of(10).what == result::written);
}

CAF_TEST(a write that always loses is given up) {
  start_write(10);
  for (uint64_t i = 1; i <= 5; ++i) {
    write_fails(10, errc::wrong_revision);
    if (i < 5) reply(10, entry("$KV.notes.n1", 3 + i, 2, {{"id", "n1"}}));
  }
  CAF_CHECK(result_of(10).what == result::gave_up);
  CAF_CHECK_EQUAL(result_of(10).attempts, 5u);
}

CAF_TEST(an entry that is no JSON is given up and not overwritten) {
  write_note(10, "n1", true);
  reply(10, incoming::no_message());
  reply(10, incoming::stored("$KV.notes.n1", 4, "{broken"));
  CAF_CHECK_EQUAL(times<publish>(10), 0u);
  CAF_CHECK(result_of(10).what == result::gave_up);
}

CAF_TEST(a command that waits for another try does not hold other keys up) {
  start_write(10);
  write_fails(10, errc::unavailable);
  write_note(11, "n2");
  write_note(12, "n1");
  look_up_gives(11, nullptr);
  written(11, 5);
  CAF_CHECK(result_of(11).what == result::written);
  CAF_MESSAGE("but its own key stays its own");
  pass(1s);
  CAF_CHECK_EQUAL(times<look_up>(12), 0u);
}

CAF_TEST_FIXTURE_SCOPE_END()
