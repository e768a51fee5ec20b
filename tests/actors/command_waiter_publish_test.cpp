// SPDX-License-Identifier: MIT
#define CAF_SUITE command_waiter_publish

#include "tests/actors/fakes/waiter_fixture.hpp"

using namespace tidings;
using namespace std::chrono_literals;

namespace {

struct publish_fixture : waiter_fixture {
  /// A command whose id the client chose; up to the question whether it has an outcome already.
  void start_chosen(milliseconds wait) {
    auto x = order(wait);
    x.outgoing = outgoing("digest-a");
    start(std::move(x));
  }

  /// The same, up to the stream's answer that it knows the id.
  void start_duplicate() {
    start_chosen(1s);
    reply(incoming::nothing_there());
    ack(4, true);
  }

  net::nats_message first_copy(const std::string& digest, const std::string& owner) const {
    return incoming::direct("commands.3.WriteNote.cmd-1", 4, "{}",
                            {{command_headers::digest, digest}, {command_headers::owner, owner}});
  }

  net::nats_message stored_outcome(const std::string& digest) const {
    return incoming::direct("notifications.public.cmd-1", 8, R"({"status":"failed"})",
                            {{notification_headers::status, "failed"},
                             {notification_headers::code, "missing"},
                             {notification_headers::digest, digest}});
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(command_waiter_publish_tests, publish_fixture)

// ---- The stream does not confirm -----------------------------------------------------------------------------------

CAF_TEST(a publish that was certainly not stored fails at once) {
  for (auto code : {errc::unavailable, errc::storage_refused, errc::shutting_down}) {
    got.clear();
    start_publishing(5s);
    publish_fails(code);
    CAF_REQUIRE_EQUAL(answers(), 1u);
    CAF_CHECK(code_of(answer().error) == code);
    CAF_CHECK(answer().document == nullptr);
    CAF_CHECK_EQUAL(got.count<publish>(), 1u);
    CAF_CHECK(*ended);
  }
}

CAF_TEST(a publish whose fate is unknown is tried again with the same message id) {
  start_publishing(5s);
  publish_fails(errc::outcome_unknown);
  CAF_CHECK_EQUAL(answers(), 0u);
  pass(99ms);
  CAF_CHECK_EQUAL(got.count<publish>(), 1u);
  pass(1ms);
  auto sent = got.all<publish>();
  CAF_REQUIRE_EQUAL(sent.size(), 2u);
  CAF_CHECK(sent[0].what->headers == sent[1].what->headers);
  CAF_CHECK_EQUAL(sent[0].what->subject, sent[1].what->subject);
  CAF_CHECK_EQUAL(sent[0].what->data, sent[1].what->data);
}

CAF_TEST(a duplicate ack of our own second try is an acceptance) {
  start_publishing(0ms);
  publish_fails(errc::outcome_unknown);
  pass(100ms);
  ack(4, true);
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(!answer().error);
  CAF_CHECK(answer().status == outcome_status::pending);
}

CAF_TEST(after an unknown try even a certain failure leaves the outcome unknown) {
  start_publishing(5s);
  publish_fails(errc::outcome_unknown);
  pass(100ms);
  publish_fails(errc::unavailable);
  CAF_CHECK_EQUAL(answers(), 0u);
  pass(100ms);
  CAF_CHECK_EQUAL(got.count<publish>(), 3u);
}

CAF_TEST(after the publish deadline the outcome is unknown and neither pending nor failed) {
  start_publishing(1s);
  pass(2s);
  publish_fails(errc::outcome_unknown);
  pass(2s);
  publish_fails(errc::outcome_unknown);
  CAF_CHECK_EQUAL(answers(), 0u);
  pass(999ms);
  publish_fails(errc::unavailable);
  CAF_MESSAGE("1 ms before the deadline of five seconds it still tries");
  CAF_CHECK_EQUAL(answers(), 0u);
  pass(101ms);
  publish_fails(errc::unavailable);
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(code_of(answer().error) == errc::outcome_unknown);
  CAF_CHECK(answer().document == nullptr);
  CAF_CHECK(failure_of(answer().error).detail.find("cmd-1") != std::string::npos);
  CAF_CHECK(*ended);
}

CAF_TEST(an outcome between two tries is the answer) {
  start_publishing(5s);
  publish_fails(errc::outcome_unknown);
  give(waiter, outcome());
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(answer().status == outcome_status::completed);
  pass(1s);
  CAF_CHECK_EQUAL(got.count<publish>(), 1u);
}

CAF_TEST(messages that change nothing do not put off the next try) {
  start_publishing(5s);
  publish_fails(errc::outcome_unknown);
  for (int i = 0; i < 5; ++i) {
    pass(20ms);
    give(waiter, outcome("somebody_else"));
  }
  CAF_CHECK_EQUAL(got.count<publish>(), 2u);
}

// ---- The client chose the id ---------------------------------------------------------------------------------------

CAF_TEST(with an id of the client the waiter looks for an outcome before it publishes) {
  start_chosen(1s);
  CAF_CHECK_EQUAL(got.count<publish>(), 0u);
  CAF_CHECK_EQUAL(asked_subject(), "$JS.API.DIRECT.GET.NOTIFICATIONS");
  CAF_CHECK_EQUAL(text(asked_body()["last_by_subj"]), "notifications.public.cmd-1");
  reply(incoming::nothing_there());
  CAF_CHECK_EQUAL(got.count<publish>(), 1u);
}

CAF_TEST(the same command again gets its first outcome) {
  start_chosen(1s);
  reply(stored_outcome("digest-a"));
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(!answer().error);
  CAF_CHECK(answer().status == outcome_status::failed);
  CAF_CHECK_EQUAL(answer().code, "missing");
  CAF_CHECK_EQUAL(*answer().document, R"({"status":"failed"})");
  CAF_CHECK_EQUAL(got.count<publish>(), 0u);
}

CAF_TEST(another command under an id that has an outcome is a mismatch) {
  start_chosen(1s);
  reply(stored_outcome("digest-b"));
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(code_of(answer().error) == errc::idempotency_mismatch);
  CAF_CHECK(answer().document == nullptr);
  CAF_CHECK_EQUAL(got.count<publish>(), 0u);
}

CAF_TEST(nothing is published when the look for an outcome fails) {
  start_chosen(1s);
  reply_error(errc::handler_timeout);
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(code_of(answer().error) == errc::unavailable);
  CAF_CHECK_EQUAL(got.count<publish>(), 0u);
}

CAF_TEST(a duplicate ack makes the waiter compare with the first copy) {
  start_duplicate();
  CAF_CHECK_EQUAL(answers(), 0u);
  CAF_CHECK_EQUAL(asked_subject(), "$JS.API.DIRECT.GET.COMMANDS");
  CAF_CHECK_EQUAL(text(asked_body()["seq"]), "4");
}

CAF_TEST(a first copy with the same digest is our command) {
  start_duplicate();
  reply(first_copy("digest-a", "public"));
  CAF_CHECK_EQUAL(answers(), 0u);
  pass(1s);
  no_outcome_at_leader();
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(!answer().error);
  CAF_CHECK(answer().status == outcome_status::pending);
  CAF_CHECK_EQUAL(got.last<ask_stage>().sequence, 4u);
}

CAF_TEST(a command that was told before we watched has its outcome from the leader) {
  start_duplicate();
  reply(first_copy("digest-a", "public"));
  pass(1s);
  auto of = [](const char* digest) {
    return incoming::stored("notifications.public.cmd-1", 8, "{}", {{notification_headers::status, "failed"}, {notification_headers::digest, digest}});
  };
  reply(of("digest-a"));
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(answer().status == outcome_status::failed);
  CAF_MESSAGE("unless it is another command's");
  got.clear();
  start_duplicate();
  reply(first_copy("digest-a", "public"));
  pass(1s);
  reply(of("digest-b"));
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(answer().status == outcome_status::pending);
}

CAF_TEST(a first copy with another digest or of another owner is a mismatch) {
  for (auto& copy : {first_copy("digest-b", "public"), first_copy("", "public"), first_copy("digest-a", "bob")}) {
    got.clear();
    start_duplicate();
    reply(copy);
    CAF_REQUIRE_EQUAL(answers(), 1u);
    CAF_CHECK(code_of(answer().error) == errc::idempotency_mismatch);
  }
}

CAF_TEST(a first copy that cannot be read leaves the outcome unknown) {
  start_duplicate();
  reply(incoming::nothing_there());
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(code_of(answer().error) == errc::outcome_unknown);
  got.clear();
  start_duplicate();
  reply_error(errc::handler_timeout);
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(code_of(answer().error) == errc::outcome_unknown);
}

CAF_TEST(the outcome of another command under the same id is not ours) {
  start_chosen(1s);
  reply(incoming::nothing_there());
  ack(9);
  give(waiter, outcome("public", "digest-b"));
  CAF_CHECK_EQUAL(answers(), 0u);
  give(waiter, outcome("public", "digest-a"));
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(answer().status == outcome_status::completed);
}

CAF_TEST(an outcome that comes while comparing is the answer) {
  start_duplicate();
  give(waiter, outcome("public", "digest-a"));
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(answer().status == outcome_status::completed);
}

// ---- While too many commands wait ----------------------------------------------------------------------------------

CAF_TEST(a chosen id that was never stored is refused while there is no room) {
  start_without_room();
  reply(incoming::nothing_there());
  CAF_CHECK_EQUAL(asked_subject(), "$JS.API.DIRECT.GET.COMMANDS");
  CAF_CHECK_EQUAL(asked_body().at("last_by_subj").get<std::string>(), "commands.3.WriteNote.cmd-1");
  reply(incoming::nothing_there());
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(code_of(answer().error) == errc::backlog_full);
  CAF_CHECK_EQUAL(got.count<publish>(), 0u);
}

CAF_TEST(a retry of a command that was stored waits for it although there is no room) {
  start_without_room();
  reply(incoming::nothing_there());
  reply(incoming::direct("commands.3.WriteNote.cmd-1", 9, "{}", {{command_headers::digest, "d1"}, {command_headers::owner, "public"}}));
  CAF_CHECK_EQUAL(answers(), 0u);
  give(waiter, outcome("public", "d1"));
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(!answer().error);
  CAF_CHECK_EQUAL(got.count<publish>(), 0u);
}

CAF_TEST(a retry of a settled command has its outcome although there is no room) {
  start_without_room();
  reply(incoming::direct("notifications.public.cmd-1", 9, "{}", {{notification_headers::status, "completed"}, {notification_headers::digest, "d1"}}));
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(answer().status == outcome_status::completed);
}

CAF_TEST(another command with the same id is a mismatch although there is no room) {
  start_without_room();
  reply(incoming::nothing_there());
  reply(incoming::direct("commands.3.WriteNote.cmd-1", 9, "{}", {{command_headers::digest, "other"}, {command_headers::owner, "public"}}));
  CAF_CHECK(code_of(answer().error) == errc::idempotency_mismatch);
}

CAF_TEST(whether it was stored stays unknown when nobody says) {
  start_without_room();
  reply(incoming::nothing_there());
  reply_error(errc::handler_timeout);
  CAF_CHECK(code_of(answer().error) == errc::outcome_unknown);
}

CAF_TEST_FIXTURE_SCOPE_END()
