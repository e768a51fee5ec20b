// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <caf/expected.hpp>

#include "actors/messages.hpp"

/// Commands that were given up, as the stream DEAD_LETTERS keeps them: the message as COMMANDS had it, with the reason in
/// headers. So nothing is missing when it is put back.
namespace tidings {

struct burial {
  std::string_view reason;
  uint32_t attempts = 0;
  net::delivery_info stored; ///< Where COMMANDS has it, and since when.
};

/// The message for DEAD_LETTERS.
outgoing_message dead_letter_of(const net::nats_message& command, const burial& why);

/// Type and id that a command's subject names; `unknown` where a subject of somebody else's has no such token.
token buried_type(std::string_view subject);
token buried_id(std::string_view subject);

/// A dead letter, read.
struct dead_letter {
  uint64_t sequence = 0;      ///< In DEAD_LETTERS.
  std::string type, id;       ///< As its subject has them.
  std::string reason;         ///< A sentence.
  uint32_t attempts = 0;      ///< Of the handler or of the write, in the last try.
  uint32_t retry = 0;         ///< How often it had been put back before; 0: never.
  std::string subject;        ///< Where it was in COMMANDS.
  uint64_t command_sequence = 0; ///< And under which sequence.
  std::string time;           ///< When it was stored there, RFC 3339.
  net::nats_headers headers;  ///< Of the command (`command_headers::kept`).
  std::string data;           ///< The command's envelope, or bytes that are none.

  /// Value of one of `headers`; empty if there is none.
  std::string_view header(std::string_view name) const;
};

/// @param letter A direct get's answer.
/// @returns `errc::bad_reply` for what is no dead letter.
caf::expected<dead_letter> read_dead_letter(const net::nats_message& letter);

/// What puts the command back at the end of COMMANDS, to be executed again (docs/dead-letters.md). Its Nats-Msg-Id is made of
/// where the command was and how often it was put back: the stream takes two tries to retry one letter for one.
/// @returns `errc::bad_reply` when the letter does not say where the command came from.
caf::expected<outgoing_message> retry_of(const dead_letter& letter);

} // namespace tidings
