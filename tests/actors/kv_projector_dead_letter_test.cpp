// SPDX-License-Identifier: MIT
#define CAF_SUITE kv_projector_dead_letter

#include "tests/actors/fakes/projector_fixture.hpp"

using namespace tidings;
using result = projected::result;

namespace {

struct retry_fixture : projector_fixture {
  retry_fixture() { start("notes"); }

  void retry_note(uint64_t sequence, uint32_t retry) {
    auto command = stored(models, "PutNote", id_of(3), {{"id", "n1"}, {"text", "again"}}, sequence);
    command->retry = retry;
    project_command(command);
  }

  void outcome_is(uint64_t sequence, incoming::header_list headers) {
    reply(sequence, incoming::direct("notifications.public.cmd-3", 1, "{}", headers));
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(kv_projector_dead_letter_tests, retry_fixture)

CAF_TEST(a retry is executed although its first try was given up) {
  retry_note(20, 1);
  outcome_is(20, {{notification_headers::status, "failed"}, {notification_headers::code, "dead_lettered"}});
  reply(20, incoming::no_message());
  CAF_CHECK_EQUAL(header(write_of(20), entry_headers::position), "1.20");
  written(20, 4);
  CAF_CHECK(result_of(20).what == result::written);
}

CAF_TEST(a retry goes after what came since and not into its former place) {
  retry_note(20, 1);
  outcome_is(20, {{notification_headers::status, "failed"}, {notification_headers::code, "dead_lettered"}});
  reply(20, entry("$KV.notes.n1", 7, 12, {{"id", "n1"}, {"text", "later"}}));
  CAF_CHECK_EQUAL(header(write_of(20), entry_headers::expected), "7");
}

CAF_TEST(a redelivered retry finds its own dead letter and does nothing) {
  retry_note(20, 2);
  outcome_is(20, {{notification_headers::status, "failed"}, {notification_headers::code, "dead_lettered"}, {notification_headers::retry, "2"}});
  CAF_CHECK(result_of(20).what == result::told_before);
}

CAF_TEST(the next retry is not stopped by the dead letter of the one before) {
  retry_note(20, 2);
  outcome_is(20, {{notification_headers::status, "failed"}, {notification_headers::code, "dead_lettered"}, {notification_headers::retry, "1"}});
  CAF_CHECK(got.last<nats_request>().subject == "$JS.API.STREAM.MSG.GET.KV_notes");
}

CAF_TEST(a command that was settled meanwhile is not executed by a second retry) {
  retry_note(20, 1);
  outcome_is(20, {{notification_headers::status, "completed"}});
  CAF_CHECK(result_of(20).what == result::told_before);
  CAF_MESSAGE("be it by success or by a rejection");
  settle(20);
  retry_note(21, 1);
  outcome_is(21, {{notification_headers::status, "failed"}, {notification_headers::code, "missing"}});
  CAF_CHECK(result_of(21).what == result::told_before);
}

CAF_TEST(a retry of what was applied and told too long ago changes nothing) {
  retry_note(20, 1);
  reply(20, incoming::nothing_there());
  reply(20, entry("$KV.notes.n1", 7, 3, {{"id", "n1"}}));
  CAF_CHECK_EQUAL(times<publish>(20), 0u);
  CAF_CHECK(result_of(20).what == result::written);
  CAF_CHECK_EQUAL(result_of(20).entry->revision, 7u);
}

CAF_TEST_FIXTURE_SCOPE_END()
