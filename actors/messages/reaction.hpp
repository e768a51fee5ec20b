// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/error.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/messages/signals.hpp"
#include "actors/settled_positions.hpp"
#include "envelopes/requests.hpp"
#include "envelopes/token.hpp"
#include "model/catalog.hpp"
#include "model/effect.hpp"

/// A command from the stream to its bucket.
namespace tidings {

/// A stored command with what the stream knows of it.
struct stored_command {
  command_request request;
  token owner;
  token key;
  log_position position;     ///< In COMMANDS; orders the commands of a key.
  std::string digest;        ///< Of the payload as it came in; may be empty.
  std::string traceparent;   ///< May be empty.
  std::optional<uint64_t> expected_revision;
  std::optional<std::chrono::system_clock::time_point> expires; ///< Not executed after this.
  milliseconds delay{0};     ///< Demo only.
  catalog::command_entry entry;
  uint32_t retry = 0;        ///< Put back from DEAD_LETTERS for the how manieth time; 0: never.
  /// When this process asked for an outcome of its id, and there was none; empty when it did not. Never travels.
  std::optional<clock_time> untold_at = {};
};
using stored_command_ptr = std::shared_ptr<const stored_command>;

/// What the projector made of a command.
struct projected {
  uint64_t cookie = 0; ///< The command's sequence.
  enum class result : uint8_t {
    written,     ///< `entry` is the command's document (also when an earlier delivery wrote it).
    removed,     ///< `entry` is its tombstone.
    rejected,    ///< `reason` says why.
    told_before, ///< Its outcome is in NOTIFICATIONS already.
    superseded,  ///< A later command of the key was applied, and what became of this one is not known any more.
    gave_up,     ///< `reason.message` says what kept failing.
  } what = result::gave_up;
  document_ptr entry = nullptr;
  rejection reason = {};
  uint32_t attempts = 0;
  std::optional<clock_time> handled_at = {}; ///< When its handler had decided; none if it never did.
};
using projection_listener = caf::typed_actor<caf::reacts_to<projected>>;

/// Bring a command into the bucket.
struct project {
  stored_command_ptr command;
  bool seen_before = false; ///< Somebody had it before: it may be written, and told.
  projection_listener listener;
};

/// The command's outcome is safe: the next one of its key may go.
struct settled {
  uint64_t cookie = 0; ///< The command's sequence.
};

/// Decide over a command: (command, current document) -> decision.
struct decide_command {
  stored_command_ptr command;
  document_ptr current; ///< Null if the key was never written; may be a tombstone.
};

/// What a reactor makes of its partition.
struct partition_report {
  uint32_t partition = 0;
  bool consuming = false;
  std::string trouble; ///< What keeps it from consuming; may be empty.
  /// Up to where in the stream with this creation time (ns) all its commands have their outcome; 0: not known.
  uint64_t settled = 0, incarnation = 0;

  bool operator==(const partition_report&) const = default;
};
using partition_listener = caf::typed_actor<caf::reacts_to<partition_report>>;

/// Whether a reactor may consume its partition.
struct lease_change {
  bool held = false;
  settled_positions settled = {};   ///< By those who had it before.
  partition_listener listener = {}; ///< Hears what becomes of it; only with `held`.
};

/// How far is the command with this sequence?
struct ask_stage {
  uint64_t sequence = 0;
};

} // namespace tidings

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::projected)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::project)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::settled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::decide_command)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::ask_stage)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::lease_change)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::partition_report)
