// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/error.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/messages/nats.hpp"
#include "actors/messages/signals.hpp"
#include "envelopes/outcome.hpp"
#include "envelopes/token.hpp"

/// A command from its client to its outcome.
namespace tidings {

/// How a wait ended: with an outcome document, or with an error that is not an outcome.
struct command_answer {
  uint64_t cookie = 0;
  caf::error error;                           ///< When set, nothing else is.
  std::string command_id;
  outcome_status status = outcome_status::pending;
  std::string code;                           ///< Of a failed outcome.
  uint64_t sequence = 0;                      ///< Of a settled outcome in NOTIFICATIONS.
  std::shared_ptr<const std::string> document;///< The outcome as JSON text.
  std::string timing = {}; ///< Of a settled outcome, as in `notification`.
  /// From the submission until the stream had it; none when this wait did not see that.
  std::optional<std::chrono::duration<double, std::milli>> accepted_after = {};
};
using command_listener = caf::typed_actor<caf::reacts_to<command_answer>>;

/// A command on its way in, not yet validated.
struct submit_command {
  std::string command_type;
  std::string command_id;                ///< A token; made by us unless `client_chosen`.
  bool client_chosen = false;            ///< The id may have been seen before: look before publishing, compare digests.
  std::string service_id;
  std::optional<token> owner;            ///< Always set.
  json payload;
  milliseconds wait{0};                  ///< 0: answer as soon as the stream has it.
  std::optional<uint64_t> expected_revision; ///< The document must have this revision (`If-Match`).
  std::optional<milliseconds> ttl;       ///< Not handled by then, it is not executed.
  milliseconds delay{0};                 ///< Demo only: the handler takes this long.
  std::string traceparent;               ///< W3C trace context; may be empty.
  command_listener listener;
  uint64_t cookie = 0;
};

/// Asks what became of a command.
struct attach_command {
  std::optional<token> command_id;       ///< Always set.
  std::optional<token> owner;            ///< Always set. Commands of the owner `public` can be asked for by everybody.
  milliseconds wait{0};                  ///< 0: answer with what is known now.
  command_listener listener;
  uint64_t cookie = 0;
};

/// The listener no longer waits for this; the command goes on.
struct abandon_wait {
  std::string command_id;
  caf::actor_addr listener;
};

/// A command's outcome as the NOTIFICATIONS stream carries it.
struct notification {
  std::string owner;
  std::string command_id;
  uint64_t sequence = 0;                       ///< In NOTIFICATIONS; the SSE event id.
  outcome_status status = outcome_status::pending;
  std::string code;
  std::string digest;                          ///< Of the payload the command came with; may be empty.
  std::string traceparent;                     ///< As the command came with; may be empty.
  std::string timing;                          ///< Milliseconds until it was handled, and until projected: "0.3 1.2"; may be empty.
  std::shared_ptr<const std::string> document; ///< JSON text, shared by everyone who waits.
};
using notification_listener = caf::typed_actor<caf::reacts_to<notification>, caf::reacts_to<abandon_wait>>;

/// An outcome that this process has stored.
struct stored_outcome {
  outgoing_message_ptr what;
  uint64_t sequence = 0; ///< In NOTIFICATIONS.
};

/// How far a handler is with a command: told to those who follow it now, never stored, never an outcome.
struct progress_report {
  std::string owner;
  std::string command_id;
  std::shared_ptr<const std::string> document; ///< JSON text.
};

/// Where NOTIFICATIONS stood when an event stream joined: what comes later is delivered live.
struct joined {
  uint64_t last_sequence = 0;
};

/// What NOTIFICATIONS keeps.
struct kept {
  caf::error error;   ///< When set, nobody knows.
  uint64_t first = 0; ///< Lowest position that is kept, or would be next.
  uint64_t last = 0;
};

/// Some of what an owner has missed, in order.
struct missed {
  caf::error error;   ///< When set, nothing else is.
  std::vector<notification> outcomes;
  uint64_t up_to = 0; ///< The owner has no others up to here.
  bool all = false;   ///< Whatever comes behind `up_to` is delivered live.
};
using event_listener = caf::typed_actor<caf::reacts_to<notification>, caf::reacts_to<progress_report>, caf::reacts_to<joined>, caf::reacts_to<kept>,
                                       caf::reacts_to<missed>, caf::reacts_to<beat_atom>, caf::reacts_to<stop_atom>>;

/// Wants to know what NOTIFICATIONS keeps now; `kept` follows.
struct ask_kept {
  event_listener listener;
};

/// Wants the next outcomes of an owner behind a position; `missed` follows, with as much as is good for a reader at a time.
struct ask_missed {
  std::string owner;
  uint64_t after = 0;
  event_listener listener;
};

/// How much work waits for the reactors.
struct backlog_report {
  uint64_t waiting = 0;     ///< Commands that are stored and not settled.
  bool full = false;        ///< No new ones until there are fewer.
  uint32_t retry_after = 0; ///< Seconds until then, as it looks now; of use when full.
};
using backlog_listener = caf::typed_actor<caf::reacts_to<backlog_report>>;

/// Wants heartbeats; with an owner all of its outcomes and progress, with a command that one's progress. Or no longer.
struct join_events {
  std::string owner;      ///< May be empty.
  event_listener listener;
  std::string command_id = {}; ///< May be empty.
};
struct leave_events {
  std::string owner;
  event_listener listener;
  std::string command_id = {};
};

/// Wants the outcome of one command, or no longer.
struct watch_command {
  std::string command_id;
  notification_listener listener;
};
struct unwatch_command {
  std::string command_id;
  notification_listener listener;
};

} // namespace tidings

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::command_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::submit_command)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::attach_command)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::abandon_wait)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::notification)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::stored_outcome)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::watch_command)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::progress_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::joined)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::join_events)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::leave_events)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::unwatch_command)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::kept)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::missed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::ask_kept)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::ask_missed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::backlog_report)
