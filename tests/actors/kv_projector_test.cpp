// SPDX-License-Identifier: MIT
#define CAF_SUITE kv_projector

#include "tests/actors/fakes/projector_fixture.hpp"

using namespace tidings;
using namespace std::chrono_literals;
using result = projected::result;

namespace {

struct notes_fixture : projector_fixture {
  notes_fixture() { start("notes"); }
};

} // namespace

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

// ---- Redelivery ----------------------------------------------------------------------------------------------------

CAF_TEST(a command that its entry names was applied and has the same outcome again) {
  auto entry = document("n1", 4, 10, "cmd-10", {{"id", "n1"}, {"text", "cmd-10"}});
  write_note(10, "n1");
  look_up_gives(10, entry);
  CAF_CHECK_EQUAL(times<publish>(10), 0u);
  CAF_CHECK(result_of(10).what == result::written);
  CAF_CHECK(result_of(10).entry == entry);
}

CAF_TEST(a delete that was applied changes nothing and has the same outcome) {
  project_command(10, "TearNote", {{"id", "n1"}});
  look_up_gives(10, tombstone("n1", 4, 10, "cmd-10"));
  CAF_CHECK_EQUAL(times<publish>(10), 0u);
  CAF_CHECK(result_of(10).what == result::removed);
}

CAF_TEST(a command behind what its key has seen was told) {
  write_note(10, "n1");
  look_up_gives(10, document("n1", 9, 15, "cmd-15", {{"id", "n1"}}));
  CAF_MESSAGE("and its outcome is asked for where it cannot be missing");
  CAF_CHECK_EQUAL(got.last<nats_request>().subject, "$JS.API.STREAM.MSG.GET.NOTIFICATIONS");
  reply(10, incoming::stored("notifications.public.cmd-10", 1, "{}"));
  CAF_CHECK_EQUAL(times<publish>(10), 0u);
  CAF_CHECK(result_of(10).what == result::told_before);
}

CAF_TEST(a command that is told and overtaken between two looks is looked for again) {
  write_note(10, "n1", true);
  reply(10, incoming::no_message());
  reply(10, entry("$KV.notes.n1", 9, 15, {{"id", "n1"}}));
  CAF_CHECK_EQUAL(times<projected>(10), 0u);
  CAF_CHECK_EQUAL(got.last<nats_request>().subject, "$JS.API.STREAM.MSG.GET.NOTIFICATIONS");
  reply(10, incoming::stored("notifications.public.cmd-10", 1, "{}"));
  CAF_CHECK(result_of(10).what == result::told_before);
}

CAF_TEST(a command that another reactor of ours gets meanwhile is told to it when its outcome is safe) {
  write_note(10, "n1");
  auto [heir, heard] = lone_fake<projection_listener>();
  project again;
  again.command = stored(models, "PutNote", id_of(10), {{"id", "n1"}, {"text", "t"}}, 10);
  again.seen_before = true;
  again.listener = heir;
  give(projector, again);
  look_up_gives(10, nullptr);
  written(10, 4);
  CAF_CHECK_EQUAL(times<projected>(10), 1u);
  CAF_CHECK_EQUAL(heard->received.count<projected>(), 0u);
  write_note(11, "n1");
  settle(10);
  CAF_REQUIRE_EQUAL(heard->received.count<projected>(), 1u);
  CAF_CHECK(heard->received.last<projected>().what == result::told_before);
  CAF_MESSAGE("and only then the next one of the key may go");
  CAF_CHECK_EQUAL(times<look_up>(11), 0u);
  settle(10);
  CAF_CHECK_EQUAL(times<look_up>(11), 1u);
}

CAF_TEST(a command behind what its key has seen is superseded if its outcome is lost) {
  write_note(10, "n1");
  look_up_gives(10, document("n1", 9, 15, "cmd-15", {{"id", "n1"}}));
  reply(10, incoming::no_message());
  reply(10, entry("$KV.notes.n1", 9, 15, {{"id", "n1"}}));
  CAF_CHECK_EQUAL(times<publish>(10), 0u);
  CAF_CHECK(result_of(10).what == result::superseded);
}

CAF_TEST(an id that a client chose is looked for and the read model is trusted) {
  auto command = stored(models, "PutNote", id_of(10), {{"id", "n1"}, {"text", "t"}}, 10);
  command->digest = "d1";
  project_command(command);
  CAF_CHECK_EQUAL(got.last<nats_request>().subject, "$JS.API.DIRECT.GET.NOTIFICATIONS");
  reply(10, incoming::nothing_there());
  CAF_CHECK_EQUAL(times<nats_request>(10), 1u);
  look_up_gives(10, nullptr);
  CAF_CHECK_EQUAL(header(write_of(10), entry_headers::expected), "0");
}

CAF_TEST(an id that had no outcome a moment ago is not looked for again) {
  auto chosen = [this](uint64_t sequence, const std::string& id, std::optional<clock_time> untold_at) {
    auto command = stored(models, "PutNote", id, {{"id", "n1"}, {"text", "t"}}, sequence);
    command->digest = "d1";
    command->untold_at = untold_at;
    project_command(command);
  };
  auto looks = [this] { return std::ranges::count(got.all<nats_request>(), "$JS.API.DIRECT.GET.NOTIFICATIONS", &nats_request::subject); };
  auto end = [this](uint64_t sequence) {
    look_up_gives(sequence, nullptr);
    written(sequence, sequence);
    settle(sequence);
  };
  chosen(1, "cmd-a", sys.clock().now());
  CAF_CHECK_EQUAL(looks(), 0);
  CAF_MESSAGE("but it is if somebody with this id was here meanwhile");
  chosen(2, "cmd-a", sys.clock().now());
  end(1);
  CAF_CHECK_EQUAL(looks(), 1);
  reply(2, incoming::nothing_there());
  end(2);
  chosen(3, "cmd-a", sys.clock().now());
  CAF_CHECK_EQUAL(looks(), 2);
  reply(3, incoming::nothing_there());
  end(3);
  CAF_MESSAGE("and if that is long ago, or not known");
  chosen(4, "cmd-b", sys.clock().now() - 1s);
  CAF_CHECK_EQUAL(looks(), 3);
  reply(4, incoming::nothing_there());
  end(4);
  chosen(5, "cmd-c", std::nullopt);
  CAF_CHECK_EQUAL(looks(), 4);
}

CAF_TEST(a command of a stream made anew is not superseded by the stream before) {
  auto old = document("n1", 9, 15, "cmd-15", {{"id", "n1"}});
  old->position.incarnation = 0;
  write_note(10, "n1");
  look_up_gives(10, old);
  CAF_CHECK_EQUAL(header(write_of(10), entry_headers::expected), "9");
}

CAF_TEST(a command that may have an outcome is looked for before anything else) {
  write_note(10, "n1", true);
  CAF_CHECK_EQUAL(times<look_up>(10), 0u);
  auto asked = got.last<nats_request>();
  CAF_CHECK_EQUAL(asked.subject, "$JS.API.STREAM.MSG.GET.NOTIFICATIONS");
  CAF_CHECK_EQUAL(text(parsed(asked.data)["last_by_subj"]), "notifications.public.cmd-10");
  reply(10, incoming::stored("notifications.public.cmd-10", 1, "{}"));
  CAF_CHECK(result_of(10).what == result::told_before);
  CAF_CHECK_EQUAL(times<publish>(10), 0u);
  CAF_CHECK_EQUAL(times<look_up>(10), 0u);
}

CAF_TEST(a command without an outcome reads the bucket and not the copy) {
  write_note(10, "n1", true);
  reply(10, incoming::no_message());
  CAF_CHECK_EQUAL(times<look_up>(10), 0u);
  auto asked = got.last<nats_request>();
  CAF_CHECK_EQUAL(asked.subject, "$JS.API.STREAM.MSG.GET.KV_notes");
  CAF_CHECK_EQUAL(text(parsed(asked.data)["last_by_subj"]), "$KV.notes.n1");
  CAF_MESSAGE("where whoever had it before may have applied it");
  reply(10, entry("$KV.notes.n1", 7, 10, {{"id", "n1"}}));
  CAF_CHECK_EQUAL(times<publish>(10), 0u);
  CAF_CHECK(result_of(10).what == result::written);
  CAF_CHECK_EQUAL(result_of(10).entry->revision, 7u);
  CAF_CHECK_EQUAL(got.last<apply_entry>().entry->revision, 7u);
}

CAF_TEST(a look for an outcome that fails is repeated and never skipped) {
  write_note(10, "n1", true);
  reply_error(10, errc::handler_timeout);
  CAF_CHECK_EQUAL(times<nats_request>(10), 1u);
  pass(200ms);
  CAF_CHECK_EQUAL(times<nats_request>(10), 2u);
  CAF_CHECK_EQUAL(got.last<nats_request>().subject, "$JS.API.STREAM.MSG.GET.NOTIFICATIONS");
  CAF_CHECK_EQUAL(times<look_up>(10), 0u);
  CAF_CHECK_EQUAL(times<projected>(10), 0u);
}

CAF_TEST_FIXTURE_SCOPE_END()
