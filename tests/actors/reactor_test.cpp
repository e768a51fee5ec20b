// SPDX-License-Identifier: MIT
#define CAF_SUITE reactor

#include "tests/actors/fakes/reactor_fixture.hpp"

using namespace tidings;
using namespace std::chrono_literals;
using result = projected::result;
using texts = std::vector<std::string>;

CAF_TEST_FIXTURE_SCOPE(reactor_tests, consuming_fixture)

// ---- The way of a command ------------------------------------------------------------------------------------------

CAF_TEST(a delivery goes to the projector of its bucket) {
  deliver(1);
  CAF_REQUIRE_EQUAL(got.count<project>(), 1u);
  auto x = *got.last<project>().command;
  CAF_CHECK_EQUAL(x.request.command_id, "cmd-1");
  CAF_CHECK_EQUAL(x.key.str(), "n1");
  CAF_CHECK_EQUAL(x.owner.str(), "public");
  CAF_CHECK_EQUAL(x.position.sequence, 1u);
  CAF_CHECK_EQUAL(x.position.incarnation, 1'767'323'045'000'000'000u);
  CAF_CHECK(!got.last<project>().seen_before);
}

CAF_TEST(the outcome is stored before the command is acknowledged) {
  deliver(1);
  project_ends(1, result::written);
  CAF_MESSAGE("the outcome is published and nothing is acknowledged or settled yet");
  CAF_CHECK_EQUAL(last_publish().what->subject, "notifications.public.cmd-1");
  CAF_CHECK_EQUAL(header(last_publish(), notification_headers::status), "completed");
  CAF_CHECK(acks().empty());
  CAF_CHECK_EQUAL(got.count<settled>(), 0u);
  stored_publish(1);
  CAF_CHECK((acks() == texts{"+ACK"}));
  CAF_CHECK_EQUAL(got.last<emit>().subject, ack());
  CAF_CHECK_EQUAL(got.last<settled>().cookie, 1u);
}

CAF_TEST(a completed outcome has document and revision and key) {
  deliver(1);
  project_ends(1, result::written);
  CAF_CHECK_EQUAL(text(told()["status"]), "completed");
  CAF_CHECK_EQUAL(text(told()["stage"]), "projected");
  CAF_CHECK_EQUAL(text(told()["revision"]), "12");
  CAF_CHECK_EQUAL(text(told()["key"]), "n1");
  CAF_CHECK_EQUAL(text(told()["payload"]["text"]), "hello");
}

CAF_TEST(the outcome of a delete names the key that is gone) {
  deliver(1);
  project_ends(1, result::removed);
  CAF_CHECK_EQUAL(text(told()["status"]), "completed");
  CAF_CHECK_EQUAL(dump(told()["payload"]), R"({"id":"n1"})");
}

CAF_TEST(a rejection is told with its code and acknowledged) {
  deliver(1);
  project_ends(1, result::rejected, {"already_exists", "Note already exists with id: n1"});
  CAF_CHECK_EQUAL(header(last_publish(), notification_headers::status), "failed");
  CAF_CHECK_EQUAL(header(last_publish(), notification_headers::code), "already_exists");
  CAF_CHECK_EQUAL(text(told()["success"]), "false");
  CAF_CHECK_EQUAL(text(told()["code"]), "already_exists");
  CAF_CHECK_EQUAL(text(told()["error"]), "Note already exists with id: n1");
  stored_publish(1);
  CAF_CHECK((acks() == texts{"+ACK"}));
}

CAF_TEST(a command that was told before is acknowledged and not told again) {
  deliver(1);
  project_ends(1, result::told_before);
  CAF_CHECK_EQUAL(got.count<publish>(), 0u);
  CAF_CHECK((acks() == texts{"+ACK"}));
  CAF_CHECK_EQUAL(got.count<settled>(), 1u);
}

CAF_TEST(an outcome that is stored already is not told again) {
  deliver(1);
  project_ends(1, result::written);
  CAF_CHECK_EQUAL(header(last_publish(), notification_headers::expected), "0");
  failed_publish(1, errc::wrong_revision);
  CAF_CHECK((acks() == texts{"+ACK"}));
  CAF_CHECK_EQUAL(got.last<settled>().cookie, 1u);
  pass(10s, 100ms);
  CAF_CHECK_EQUAL(got.count<publish>(), 1u);
}

CAF_TEST(the outcome of a retry follows the one before) {
  deliver_text(1, envelope(1), {{command_headers::owner, "public"}, {command_headers::retry, "1"}});
  project_ends(1, result::written);
  CAF_CHECK_EQUAL(header(last_publish(), notification_headers::expected), "");
}

CAF_TEST(a superseded command whose outcome is lost goes to DEAD_LETTERS and no outcome is made up) {
  deliver(1);
  project_ends(1, result::superseded);
  CAF_CHECK(last_publish().what->subject.starts_with("dead."));
  CAF_CHECK((acks() == texts{}));
  stored_publish(1);
  CAF_CHECK_EQUAL(got.count<publish>(), 1u);
  CAF_CHECK((acks() == texts{"+TERM"}));
  CAF_CHECK_EQUAL(got.count<settled>(), 1u);
}

CAF_TEST(digest and trace context of the command are on its outcome) {
  deliver_text(1, envelope(1),
               {{command_headers::owner, "s-alice"},
                {command_headers::digest, "d1"},
                {command_headers::traceparent, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}});
  project_ends(1, result::written);
  CAF_CHECK_EQUAL(last_publish().what->subject, "notifications.s-alice.cmd-1");
  CAF_CHECK_EQUAL(header(last_publish(), notification_headers::digest), "d1");
  CAF_CHECK(header(last_publish(), notification_headers::traceparent).starts_with("00-0af7"));
}

CAF_TEST(conditions on the command reach the projector) {
  deliver_text(1, envelope(1),
               {{command_headers::owner, "public"},
                {command_headers::expected_revision, "7"},
                {command_headers::expires, "1700000000000"},
                {command_headers::delay, "250"}});
  auto x = *got.last<project>().command;
  CAF_CHECK(x.expected_revision == 7);
  CAF_CHECK(x.expires == std::chrono::system_clock::time_point{1'700'000'000s});
  CAF_CHECK(x.delay == 250ms);
}

// ---- Dead letters --------------------------------------------------------------------------------------------------

CAF_TEST(what was given up goes to the dead letters and is told and then ends with TERM) {
  deliver(1);
  project_ends(1, result::gave_up, {"dead_lettered", "the handler is on strike"});
  auto letter = last_publish();
  CAF_CHECK_EQUAL(letter.what->subject, "dead.PutNote.cmd-1");
  CAF_CHECK_EQUAL(header(letter, dead_letter_headers::reason), "the handler is on strike");
  CAF_CHECK_EQUAL(header(letter, dead_letter_headers::attempts), "5");
  CAF_CHECK_EQUAL(header(letter, dead_letter_headers::sequence), "1");
  CAF_CHECK_EQUAL(header(letter, dead_letter_headers::time).substr(0, 19), "2023-11-14T22:13:20");
  CAF_CHECK(header(letter, dead_letter_headers::subject).ends_with(".PutNote.cmd-1"));
  CAF_CHECK_EQUAL(letter.what->data, envelope(1));
  CAF_CHECK(acks().empty());
  stored_publish(1);
  CAF_CHECK_EQUAL(last_publish().what->subject, "notifications.public.cmd-1");
  CAF_CHECK_EQUAL(header(last_publish(), notification_headers::code), "dead_lettered");
  CAF_CHECK_EQUAL(text(told()["error"]), "the handler is on strike");
  CAF_CHECK(acks().empty());
  stored_publish(1);
  CAF_CHECK((acks() == texts{"+TERM"}));
  CAF_CHECK_EQUAL(got.count<settled>(), 1u);
}

CAF_TEST(a dead letter that could not be stored is published again before anybody is told) {
  deliver(1);
  project_ends(1, result::gave_up, {"dead_lettered", "the handler is on strike"});
  failed_publish(1, errc::unavailable);
  pass(1s, 100ms);
  CAF_REQUIRE_EQUAL(got.count<publish>(), 2u);
  CAF_CHECK_EQUAL(last_publish().what->subject, "dead.PutNote.cmd-1");
}

CAF_TEST(a message that is no envelope is buried as it came and its owner is told) {
  deliver_text(1, "{broken", {{command_headers::owner, "public"}});
  CAF_CHECK_EQUAL(got.count<project>(), 0u);
  CAF_CHECK_EQUAL(last_publish().what->subject, "dead.PutNote.cmd-1");
  CAF_CHECK_EQUAL(last_publish().what->data, "{broken");
  CAF_CHECK_EQUAL(header(last_publish(), dead_letter_headers::subject), "commands.3.PutNote.cmd-1");
  CAF_CHECK(!header(last_publish(), dead_letter_headers::reason).empty());
  stored_publish(1);
  CAF_CHECK_EQUAL(last_publish().what->subject, "notifications.public.cmd-1");
  CAF_CHECK_EQUAL(text(told()["code"]), "dead_lettered");
  CAF_CHECK_EQUAL(got.count<stored_outcome>(), 0u);
  stored_publish(1);
  CAF_MESSAGE("also by whoever waits in this process");
  CAF_REQUIRE_EQUAL(got.count<stored_outcome>(), 1u);
  CAF_CHECK(got.last<stored_outcome>().what == last_publish().what);
  CAF_CHECK((acks() == texts{"+TERM"}));
}

CAF_TEST(an unreadable message without an owner is buried and nobody is told) {
  deliver_text(1, "{broken", {});
  CAF_REQUIRE_EQUAL(got.count<publish>(), 1u);
  stored_publish(1);
  CAF_CHECK_EQUAL(got.count<publish>(), 1u);
  CAF_CHECK((acks() == texts{"+TERM"}));
}

CAF_TEST(a command of a type that no model has is buried) {
  deliver_text(1, envelope(1, "CreateUser"), {{command_headers::owner, "public"}});
  CAF_CHECK_EQUAL(got.count<project>(), 0u);
  CAF_CHECK(last_publish().what->subject.starts_with("dead."));
  CAF_CHECK(header(last_publish(), dead_letter_headers::reason).find("CreateUser") != std::string::npos);
}

CAF_TEST(a reason cannot bring a header of its own) {
  deliver(1);
  project_ends(1, result::gave_up, {"dead_lettered", "bad\r\nNats-Msg-Id: x"});
  CAF_CHECK_EQUAL(header(last_publish(), dead_letter_headers::reason), "bad  Nats-Msg-Id: x");
}

CAF_TEST(a dead letter keeps what the command came with) {
  deliver_text(1, envelope(1), {{command_headers::msg_id, "cmd-1"}, {command_headers::owner, "s-alice"}, {command_headers::digest, "d1"}});
  project_ends(1, result::gave_up, {"dead_lettered", "the handler is on strike"});
  CAF_CHECK_EQUAL(header(last_publish(), dead_letter_headers::subject), "commands.3.PutNote.cmd-1");
  CAF_CHECK_EQUAL(header(last_publish(), command_headers::owner), "s-alice");
  CAF_CHECK_EQUAL(header(last_publish(), command_headers::digest), "d1");
  CAF_CHECK_EQUAL(header(last_publish(), command_headers::msg_id), "");
}

CAF_TEST(outcome and letter of a command that is put back say which retry it was) {
  deliver_text(1, envelope(1), {{command_headers::owner, "public"}, {command_headers::retry, "2"}});
  CAF_CHECK_EQUAL(got.last<project>().command->retry, 2u);
  project_ends(1, result::gave_up, {"dead_lettered", "the handler is on strike"});
  CAF_CHECK_EQUAL(header(last_publish(), command_headers::retry), "2");
  stored_publish(1);
  CAF_CHECK_EQUAL(header(last_publish(), notification_headers::retry), "2");
}

// ---- Redelivery ----------------------------------------------------------------------------------------------------

CAF_TEST(a redelivery of what is in flight is not begun again but acknowledged where it came last) {
  deliver(1);
  auto first = ack();
  deliver(1, 2);
  CAF_CHECK_EQUAL(got.count<project>(), 1u);
  project_ends(1, result::written);
  stored_publish(1);
  CAF_CHECK((acks() == texts{"+ACK"}));
  CAF_CHECK_NOT_EQUAL(ack(), first);
  CAF_CHECK_EQUAL(got.last<emit>().subject, ack());
}

CAF_TEST(a redelivery of what is done is looked for first) {
  deliver(1);
  project_ends(1, result::written);
  stored_publish(1);
  deliver(1, 2);
  CAF_REQUIRE_EQUAL(got.count<project>(), 2u);
  CAF_CHECK(got.last<project>().seen_before);
}

CAF_TEST(a second delivery is looked for first even if this process never had the first) {
  deliver(5, 2);
  CAF_CHECK(got.last<project>().seen_before);
}

CAF_TEST(what the reactor does is counted) {
  auto ends = [&](command_end how) {
    for (size_t i = 0; i < counts->types().size(); ++i)
      if (counts->types()[i] == "PutNote") return counts->ends()[i][static_cast<size_t>(how)];
    return uint64_t{999};
  };
  deliver(1);
  deliver(2);
  deliver(2, 2);
  CAF_CHECK_EQUAL(counts->in_flight, 2u);
  CAF_CHECK_EQUAL(counts->redelivered, 1u);
  CAF_CHECK_EQUAL(counts->consuming, 1u);
  pass(20ms);
  project_ends(1, result::written);
  stored_publish(1);
  project_ends(2, result::told_before);
  CAF_CHECK_EQUAL(counts->in_flight, 0u);
  CAF_CHECK_EQUAL(ends(command_end::completed), 1u);
  CAF_CHECK_EQUAL(ends(command_end::skipped), 1u);
  CAF_CHECK(counts->notified.sum() > 0.019 && counts->notified.sum() < 0.021);
}

CAF_TEST(in a jam the consumer is asked how much waits) {
  deliver(1);
  pass(4s, 100ms);
  CAF_CHECK(got.last<nats_request>().cookie != 1);
  pass(1500ms, 100ms);
  CAF_CHECK(got.last<nats_request>().subject.starts_with("$JS.API.CONSUMER.INFO.COMMANDS.reactor-"));
  answer(incoming::api_answer({{"num_pending", 4711}}));
  CAF_CHECK_EQUAL(counts->behind[3], 4711u);
  CAF_MESSAGE("and an answer that is none changes nothing");
  pass(5500ms, 100ms);
  answer(incoming::api_refusal(404, 10014, "consumer not found"));
  CAF_CHECK_EQUAL(counts->behind[3], 4711u);
}

CAF_TEST(the server hears of work that takes long) {
  deliver(1);
  pass(9900ms, 100ms);
  CAF_CHECK(acks().empty());
  pass(600ms, 100ms);
  CAF_CHECK((acks() == texts{"+WPI"}));
  CAF_CHECK_EQUAL(got.last<emit>().subject, ack());
  pass(10s, 100ms);
  CAF_CHECK_EQUAL(acks().size(), 2u);
}

// ---- Stages --------------------------------------------------------------------------------------------------------

CAF_TEST(the stage follows the command) {
  CAF_CHECK(stage_of(1) == stage::accepted);
  deliver(1);
  CAF_MESSAGE("which until then only the projector knows");
  common->answer<ask_stage, stage>([](const ask_stage& x) { return x.sequence == 1 ? stage::handled : stage::projected; });
  CAF_CHECK(stage_of(1) == stage::handled);
  project_ends(1, result::written);
  CAF_CHECK(stage_of(1) == stage::projected);
  stored_publish(1);
  CAF_CHECK(stage_of(1) == stage::projected);
  CAF_CHECK(stage_of(2) == stage::accepted);
}

CAF_TEST_FIXTURE_SCOPE_END()
