// SPDX-License-Identifier: MIT
#define CAF_SUITE dead_letter

#include "actors/dead_letter.hpp"
#include "actors/headers.hpp"
#include "envelopes/errc.hpp"
#include "tests/actors/fakes/messages.hpp"

#include <caf/test/unit_test.hpp>

using namespace tidings;

namespace {

struct letters_fixture {
  static net::nats_message command(const std::string& subject, incoming::header_list headers = {}) {
    return incoming::delivery("COMMANDS", {.sequence = 7}, subject, "the command", headers);
  }

  static outgoing_message bury(const net::nats_message& x, std::string_view reason = "the handler is on strike") {
    return dead_letter_of(x, {reason, 5, *net::parse_delivery(x.reply())});
  }

  /// As DEAD_LETTERS gives it back.
  static net::nats_message kept(const outgoing_message& x, uint64_t sequence = 3) {
    incoming::header_list headers;
    for (auto& [name, value] : x.headers) headers.emplace_back(name, value.str());
    return incoming::direct(x.subject, sequence, x.data, headers);
  }

  static std::string header(const outgoing_message& x, std::string_view name) {
    return std::string{net::value_of(x.headers, name)};
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(dead_letter_tests, letters_fixture)

CAF_TEST(what was buried can be read) {
  auto x = read_dead_letter(kept(bury(command("commands.3.PutNote.cmd-1"))));
  CAF_REQUIRE(x);
  CAF_CHECK_EQUAL(x->sequence, 3u);
  CAF_CHECK_EQUAL(x->type, "PutNote");
  CAF_CHECK_EQUAL(x->id, "cmd-1");
  CAF_CHECK_EQUAL(x->reason, "the handler is on strike");
  CAF_CHECK_EQUAL(x->attempts, 5u);
  CAF_CHECK_EQUAL(x->retry, 0u);
  CAF_CHECK_EQUAL(x->subject, "commands.3.PutNote.cmd-1");
  CAF_CHECK_EQUAL(x->command_sequence, 7u);
  CAF_CHECK_EQUAL(x->time.substr(0, 19), "2023-11-14T22:13:20");
  CAF_CHECK_EQUAL(x->data, "the command");
}

CAF_TEST(a retry has bytes and subject and every condition of the command) {
  incoming::header_list headers;
  for (auto* name : command_headers::kept) headers.emplace_back(name, std::string{"value of "} + name);
  headers.emplace_back(command_headers::msg_id, "cmd-1");
  headers.emplace_back("Nats-Expected-Stream", "COMMANDS");
  auto letter = read_dead_letter(kept(bury(command("commands.3.PutNote.cmd-1", headers))));
  CAF_REQUIRE(letter);
  auto again = retry_of(*letter);
  CAF_REQUIRE(again);
  CAF_CHECK_EQUAL(again->subject, "commands.3.PutNote.cmd-1");
  CAF_CHECK_EQUAL(again->data, "the command");
  for (auto* name : command_headers::kept) CAF_CHECK_EQUAL(header(*again, name), std::string{"value of "} + name);
  CAF_MESSAGE("and nothing that the server would act upon, but an id that its window does not know yet");
  CAF_CHECK_EQUAL(header(*again, command_headers::retry), "1");
  CAF_CHECK_EQUAL(header(*again, command_headers::msg_id), "cmd-1.retry.1.7");
  CAF_CHECK_EQUAL(again->headers.size(), std::size(command_headers::kept) + 2);
}

CAF_TEST(retries are counted) {
  auto letter = read_dead_letter(kept(bury(command("commands.3.PutNote.cmd-1", {{command_headers::retry, "2"}}))));
  CAF_REQUIRE(letter);
  CAF_CHECK_EQUAL(letter->retry, 2u);
  CAF_CHECK_EQUAL(header(*retry_of(*letter), command_headers::retry), "3");
}

CAF_TEST(two messages without an id of their own are retried as two) {
  auto first = command("commands.3.Put Note.cmd~1");
  auto letter = read_dead_letter(kept(bury(command("commands.3.PutNote.cmd~1"))));
  CAF_REQUIRE(letter);
  CAF_CHECK_EQUAL(letter->id, "unknown");
  auto other = *letter;
  other.command_sequence = 8;
  CAF_CHECK_NOT_EQUAL(header(*retry_of(*letter), command_headers::msg_id), header(*retry_of(other), command_headers::msg_id));
}

CAF_TEST(a letter can be put back into COMMANDS only) {
  auto letter = *read_dead_letter(kept(bury(command("commands.3.PutNote.cmd-1"))));
  for (auto subject : {"", "commands.PutNote", "$KV.notes.n1", "commands.3.PutNote.", "commands.3.PutNote.cmd-1.more", "commands.3.*.cmd-1",
                       "commands.3.PutNote.>", "commands.3.PutNote.cmd 1", "commands.3.PutNote.cmd\r\nPUB x 0", "dead.3.PutNote.cmd-1"}) {
    letter.subject = subject;
    auto again = retry_of(letter);
    CAF_MESSAGE(letter.subject);
    CAF_CHECK(!again);
    if (!again) CAF_CHECK(code_of(again.error()) == errc::bad_reply);
  }
}

CAF_TEST(what is no dead letter is not read as one) {
  CAF_CHECK(!read_dead_letter(incoming::direct("notifications.public.cmd-1", 3, "x")));
  CAF_CHECK(!read_dead_letter(incoming::message("dead.PutNote.cmd-1", {}, "x")));
}

CAF_TEST_FIXTURE_SCOPE_END()
