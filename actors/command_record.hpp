// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/messages.hpp"

/// What is on record of commands of the past: for whoever goes through COMMANDS again.
namespace tidings {

/// How a command ended, as far as anything still says so.
struct command_record {
  enum class end : uint8_t {
    completed, ///< Its owner was told so; `document` and `revision` are what was told.
    failed,    ///< It had no effect: rejected, given up, or a copy of one that was settled already.
    forgotten, ///< Settled, but nothing says how any more.
    open,      ///< Not settled yet.
  } how = end::forgotten;
  json document = nullptr;           ///< Of a completed one; null when it took the document away.
  std::optional<uint64_t> revision = {}; ///< In the bucket, of a completed one.
};

/// What the streams say about one command. Messages are answers to direct gets; an empty one: there is none.
struct evidence {
  uint64_t stored_ns = 0;        ///< When COMMANDS stored it, nanoseconds since 1970.
  bool acknowledged = false;     ///< By the reactor that consumed it.
  uint64_t outcomes_kept_ns = 0; ///< How long NOTIFICATIONS keeps an outcome; 0: for ever.
  net::nats_message told{};      ///< The last outcome under its owner and id.
  net::nats_message last_copy{}; ///< The last message of COMMANDS under its subject.
  net::nats_message letter{};    ///< The last dead letter of its type and id.
};

/// Whether `told` leaves open what the command's last copy and its dead letter can tell.
bool wants_more(const stored_command& command, const evidence& x);

/// Puts it together. An outcome may belong to another copy: of a command that was retried, or whose id was used again after
/// its first outcome was gone.
command_record record_of(const stored_command& command, const evidence& x);

/// Up to where commands of some subjects are settled for certain.
struct settled_floor {
  std::string filter; ///< Of the consumer; empty: all commands.
  uint64_t sequence = 0;
};

/// @param consumers As CONSUMER.LIST answers for COMMANDS.
/// @param last_sequence Of COMMANDS, asked for before the consumers: one with nothing left has settled up to there.
std::vector<settled_floor> settled_floors(const json& consumers, uint64_t last_sequence);

/// The floor for a command with this subject: whatever one consumer knows to be settled is, also when another one was left behind. 0
/// when nobody consumes it.
uint64_t floor_of(const std::vector<settled_floor>& floors, std::string_view subject);

} // namespace tidings
