// SPDX-License-Identifier: MIT
#define CAF_SUITE kv_projector_redelivery

#include "tests/actors/fakes/projector_fixture.hpp"

using namespace tidings;
using namespace std::chrono_literals;
using result = projected::result;

CAF_TEST_FIXTURE_SCOPE(kv_projector_redelivery_tests, notes_fixture)

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
