// SPDX-License-Identifier: MIT
#define CAF_SUITE kv_projector

#include "tests/actors/fakes/projector_fixture.hpp"

using namespace tidings;
using namespace std::chrono_literals;
using result = projected::result;

CAF_TEST_FIXTURE_SCOPE(kv_projector_tests, notes_fixture)

CAF_TEST(a command is read and decided and written by compare and set) {
  write_note(10, "n1");
  CAF_REQUIRE_EQUAL(times<look_up>(10), 1u);
  CAF_CHECK_EQUAL(got.last<look_up>().key, "n1");
  CAF_CHECK(stage_of(10) == stage::accepted);
  look_up_gives(10, document("n1", 3, 2, "cmd-2", {{"id", "n1"}, {"text", "old"}}));
  CAF_CHECK(stage_of(10) == stage::handled);
  auto write = write_of(10);
  CAF_CHECK_EQUAL(write.what->subject, "$KV.notes.n1");
  CAF_CHECK_EQUAL(header(write, entry_headers::expected), "3");
  CAF_CHECK_EQUAL(header(write, entry_headers::command_id), "cmd-10");
  CAF_CHECK_EQUAL(header(write, entry_headers::position), "1.10");
  CAF_CHECK_EQUAL(text(parsed(write.what->data)["text"]), "cmd-10");
  CAF_CHECK_EQUAL(times<projected>(10), 0u);
  auto decided = sched.clock().now();
  pass(milliseconds{30});
  written(10, 4);
  CAF_CHECK(result_of(10).what == result::written);
  CAF_CHECK(result_of(10).handled_at == decided);
  CAF_CHECK_EQUAL(result_of(10).entry->revision, 4u);
  CAF_CHECK_EQUAL(result_of(10).entry->text, write.what->data);
  CAF_MESSAGE("and the read model has it before any watch");
  CAF_CHECK(got.last<apply_entry>().entry == result_of(10).entry);
}

CAF_TEST(a key that was never written must not exist) {
  write_note(10, "n1");
  look_up_gives(10, nullptr);
  CAF_CHECK_EQUAL(header(write_of(10), entry_headers::expected), "0");
}

CAF_TEST(after a tombstone the revision of the tombstone is expected) {
  write_note(10, "n1");
  look_up_gives(10, tombstone("n1", 6, 2, "cmd-2"));
  CAF_CHECK_EQUAL(header(write_of(10), entry_headers::expected), "6");
}

CAF_TEST(a delete leaves a tombstone that knows its command) {
  project_command(10, "TearNote", {{"id", "n1"}});
  look_up_gives(10, document("n1", 3, 2, "cmd-2", {{"id", "n1"}}));
  CAF_CHECK_EQUAL(header(write_of(10), entry_headers::operation), "DEL");
  CAF_CHECK_EQUAL(header(write_of(10), entry_headers::position), "1.10");
  CAF_CHECK_EQUAL(write_of(10).what->data, "");
  written(10, 4);
  CAF_CHECK(result_of(10).what == result::removed);
  CAF_CHECK(result_of(10).entry->deleted);
}

CAF_TEST(a tombstone counts as no document) {
  project_command(10, "WriteNote", {{"id", "n1"}, {"text", "hello"}});
  look_up_gives(10, tombstone("n1", 4, 3, id_of(3)));
  CAF_CHECK_EQUAL(text(parsed(write_of(10).what->data)["text"]), "hello");
  CAF_CHECK_EQUAL(text(parsed(write_of(10).what->data)["created_at"]), "2026-01-02T03:04:05Z");
  project_command(11, "EditNote", {{"id", "n2"}, {"text", "new"}});
  look_up_gives(11, tombstone("n2", 5, 4, id_of(4)));
  CAF_CHECK_EQUAL(result_of(11).reason.code, "missing");
  project_command(12, "TearNote", {{"id", "n3"}});
  look_up_gives(12, tombstone("n3", 6, 5, id_of(5)));
  CAF_CHECK_EQUAL(result_of(12).reason.code, "missing");
}

CAF_TEST(a command that is slowed down on purpose is decided after its delay and once) {
  auto command = stored(models, "WriteNote", id_of(10), {{"id", "n1"}, {"text", "hello"}}, 10);
  command->delay = milliseconds{500};
  project_command(command);
  look_up_gives(10, nullptr);
  pass(milliseconds{499});
  CAF_CHECK(stage_of(10) == stage::accepted);
  CAF_CHECK_EQUAL(times<publish>(10), 0u);
  CAF_MESSAGE("by what the bucket holds then");
  pass(milliseconds{51});
  CAF_CHECK_EQUAL(times<look_up>(10), 2u);
  look_up_gives(10, document("n1", 3, 2, "cmd-2", {{"id", "n1"}}));
  CAF_CHECK(result_of(10).handled_at == sched.clock().now());
  CAF_CHECK_EQUAL(result_of(10).reason.code, "already_exists");
}

CAF_TEST(a rejection is told and nothing is written) {
  project_command(10, "TearNote", {{"id", "n1"}});
  look_up_gives(10, nullptr);
  CAF_CHECK_EQUAL(times<publish>(10), 0u);
  CAF_CHECK(result_of(10).what == result::rejected);
  CAF_CHECK_EQUAL(result_of(10).reason.code, "missing");
  CAF_CHECK(result_of(10).handled_at.has_value());
}

CAF_TEST(a command that expects another revision is rejected before a handler sees it) {
  auto command = stored(models, "EditNote", "cmd-10", {{"id", "n1"}, {"text", "new"}}, 10);
  command->expected_revision = 3;
  project_command(command);
  look_up_gives(10, document("n1", 4, 2, "cmd-2", {{"id", "n1"}}));
  CAF_CHECK_EQUAL(times<publish>(10), 0u);
  CAF_CHECK(!result_of(10).handled_at);
  CAF_CHECK(result_of(10).what == result::rejected);
  CAF_CHECK_EQUAL(result_of(10).reason.code, "revision_mismatch");
}

CAF_TEST(a command that expects the revision there is goes on) {
  auto command = stored(models, "EditNote", "cmd-10", {{"id", "n1"}, {"text", "new"}}, 10);
  command->expected_revision = 4;
  project_command(command);
  look_up_gives(10, document("n1", 4, 2, "cmd-2", {{"id", "n1"}}));
  CAF_CHECK_EQUAL(times<publish>(10), 1u);
}

CAF_TEST(a command whose time to live is over is not executed) {
  auto command = stored(models, "EditNote", "cmd-10", {{"id", "n1"}, {"text", "new"}}, 10);
  command->expires = std::chrono::system_clock::now() - 1ms;
  project_command(command);
  look_up_gives(10, document("n1", 4, 2, "cmd-2", {{"id", "n1"}}));
  CAF_CHECK_EQUAL(times<publish>(10), 0u);
  CAF_CHECK(result_of(10).what == result::rejected);
  CAF_CHECK_EQUAL(result_of(10).reason.code, "expired");
}

CAF_TEST(an expired command that was applied in time keeps its outcome) {
  auto command = stored(models, "PutNote", "cmd-10", {{"id", "n1"}, {"text", "new"}}, 10);
  command->expires = std::chrono::system_clock::now() - 1ms;
  project_command(command);
  look_up_gives(10, document("n1", 4, 10, "cmd-10", {{"id", "n1"}}));
  CAF_CHECK(result_of(10).what == result::written);
}

// ---- Order ---------------------------------------------------------------------------------------------------------

CAF_TEST(the next command of a key waits until the outcome of the one before is safe) {
  write_note(10, "n1");
  write_note(11, "n1");
  CAF_CHECK_EQUAL(times<look_up>(11), 0u);
  look_up_gives(10, nullptr);
  written(10, 4);
  CAF_CHECK_EQUAL(times<projected>(10), 1u);
  CAF_CHECK_EQUAL(times<look_up>(11), 0u);
  settle(10);
  CAF_CHECK_EQUAL(times<look_up>(11), 1u);
}

CAF_TEST(commands of other keys do not wait) {
  write_note(10, "n1");
  write_note(11, "n2");
  write_note(12, "n3");
  CAF_CHECK_EQUAL(times<look_up>(11), 1u);
  look_up_gives(12, nullptr);
  written(12, 4);
  CAF_CHECK(result_of(12).what == result::written);
  CAF_CHECK_EQUAL(times<projected>(10), 0u);
}

CAF_TEST(the commands of a key go in the order of their arrival) {
  for (uint64_t s = 10; s < 15; ++s)
    write_note(s, "n1");
  for (uint64_t s = 10; s < 15; ++s) {
    CAF_CHECK_EQUAL(got.count<look_up>(), s - 9);
    CAF_CHECK_EQUAL(got.last<look_up>().cookie, s);
    look_up_gives(s, nullptr);
    written(s, s);
    settle(s);
  }
}

CAF_TEST(a rejected command holds the next one up until it is settled too) {
  project_command(10, "TearNote", {{"id", "n1"}});
  write_note(11, "n1");
  look_up_gives(10, nullptr);
  CAF_CHECK_EQUAL(times<look_up>(11), 0u);
  settle(10);
  CAF_CHECK_EQUAL(times<look_up>(11), 1u);
}

CAF_TEST(a command that is under way is not begun again) {
  write_note(10, "n1");
  write_note(10, "n1");
  CAF_CHECK_EQUAL(times<look_up>(10), 1u);
  look_up_gives(10, nullptr);
  written(10, 4);
  CAF_CHECK_EQUAL(times<projected>(10), 1u);
}

CAF_TEST(a command is not settled before it is done) {
  write_note(10, "n1");
  write_note(11, "n1");
  settle(10);
  CAF_CHECK_EQUAL(times<look_up>(11), 0u);
  look_up_gives(10, nullptr);
  written(10, 4);
  CAF_CHECK(result_of(10).what == result::written);
}

CAF_TEST_FIXTURE_SCOPE_END()
