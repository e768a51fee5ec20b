// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <caf/actor_clock.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/atom.hpp>
#include <caf/error.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "envelopes/outcome.hpp"
#include "envelopes/requests.hpp"
#include "envelopes/token.hpp"
#include "model/catalog.hpp"
#include "model/effect.hpp"
#include "model/listing.hpp"
#include "net/http_connection.hpp"
#include "net/nats_message.hpp"

/// What actors say to each other. Answers are messages too, carrying the asker's `cookie`: a shared actor may have
/// thousands of questions open, and CAF's table of open requests is searched linearly.
namespace tidings {

using clock_time = caf::actor_clock::time_point;
using std::chrono::milliseconds;

// Signals; at most 10 characters each.
using tick_atom = caf::atom_constant<caf::atom("tick")>;
using start_atom = caf::atom_constant<caf::atom("start")>;
using drain_atom = caf::atom_constant<caf::atom("drain")>;
using stop_atom = caf::atom_constant<caf::atom("stop")>;
using beat_atom = caf::atom_constant<caf::atom("beat")>;
using pace_atom = caf::atom_constant<caf::atom("pace")>;
using model_atom = caf::atom_constant<caf::atom("model")>;

// ---- NATS ----------------------------------------------------------------------------------------------------------

/// The stream stored it, or not. `error` is
/// - none: stored under `sequence`;
/// - `unavailable` or `storage_refused`: certainly not stored;
/// - `wrong_revision`: certainly not stored, the expected last sequence did not match;
/// - `outcome_unknown`: no answer in time, or the connection broke in between.
struct published {
  uint64_t cookie = 0;
  caf::error error;
  uint64_t sequence = 0;
  bool duplicate = false; ///< The stream knew the Nats-Msg-Id already; `sequence` is the first one's.
};
using publish_listener = caf::typed_actor<caf::reacts_to<published>>;

/// Publishes to a stream and wants its acknowledgement.
struct publish {
  std::string subject;
  net::nats_headers headers;
  std::string data;
  milliseconds timeout{2000};
  publish_listener listener;
  uint64_t cookie = 0;
};

/// `error` is none, `unavailable` (not sent), `no_handler` (nobody subscribes), or `handler_timeout` (no answer in time, or
/// the connection broke in between).
struct nats_reply {
  uint64_t cookie = 0;
  caf::error error;
  net::nats_message message;
};
using reply_listener = caf::typed_actor<caf::reacts_to<nats_reply>>;

/// Sends a request and wants the first answer.
struct nats_request {
  std::string subject;
  net::nats_headers headers;
  std::string data;
  milliseconds timeout{2000};
  reply_listener listener;
  uint64_t cookie = 0;
};

/// Sends and forgets: acknowledgements and answers.
struct emit {
  std::string subject;
  net::nats_headers headers;
  std::string data;
  std::string reply = {}; ///< Where answers may go; may be empty.
};

/// What one read of the socket brought for one subscription, in order.
struct nats_batch {
  uint64_t tag = 0; ///< As given to `subscribe`.
  std::vector<net::nats_message> messages;
};
using batch_listener = caf::typed_actor<caf::reacts_to<nats_batch>>;

/// Subscribes; `tag` names the subscription to its listener, and replaces an earlier one of the same listener and tag.
struct subscribe {
  std::string subject;
  std::string queue; ///< Queue group; may be empty.
  batch_listener listener;
  uint64_t tag = 0;
};

struct unsubscribe {
  batch_listener listener;
  uint64_t tag = 0;
};

/// The connection came up or went down. Sent once at `follow_connection` and then at each change.
struct connection_change {
  bool connected = false;
  int64_t max_payload = 0; ///< Bytes, from the server's INFO; 0 while unknown.
};
using connection_listener = caf::typed_actor<caf::reacts_to<connection_change>>;

struct follow_connection {
  connection_listener listener;
};

// ---- Readiness -----------------------------------------------------------------------------------------------------

/// A part of the process says whether it can do its work.
struct component_state {
  std::string name;   ///< e.g. "nats", "streams", "reactor".
  bool ready = false;
  std::string detail; ///< Why not; empty when ready.
};

/// What is known of all parts.
struct readiness_report {
  bool ready = false;
  std::vector<component_state> parts;
};

/// Streams and buckets exist and are as they should be; carries what consumers start from.
struct streams_ready {
  uint64_t commands_last_sequence = 0;
  uint64_t notifications_last_sequence = 0;
};
using streams_listener = caf::typed_actor<caf::reacts_to<streams_ready>>;

// ---- Commands ------------------------------------------------------------------------------------------------------

/// How a wait ended: with an outcome document, or with an error that is not an outcome.
struct command_answer {
  uint64_t cookie = 0;
  caf::error error;                           ///< When set, nothing else is.
  std::string command_id;
  outcome_status status = outcome_status::pending;
  std::string code;                           ///< Of a failed outcome.
  uint64_t sequence = 0;                      ///< Of a settled outcome in NOTIFICATIONS.
  std::shared_ptr<const std::string> document;///< The outcome as JSON text.
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
  std::shared_ptr<const std::string> document; ///< JSON text, shared by everyone who waits.
};
using notification_listener = caf::typed_actor<caf::reacts_to<notification>, caf::reacts_to<abandon_wait>>;

/// Where NOTIFICATIONS stood when an event stream joined: what comes later is delivered live.
struct joined {
  uint64_t last_sequence = 0;
};
using event_listener = caf::typed_actor<caf::reacts_to<notification>, caf::reacts_to<joined>, caf::reacts_to<beat_atom>,
                                       caf::reacts_to<stop_atom>>;

/// Wants heartbeats and, with an owner, all of its outcomes; or no longer.
struct join_events {
  std::string owner; ///< Empty: heartbeats only.
  event_listener listener;
};
struct leave_events {
  std::string owner;
  event_listener listener;
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

// ---- Reactor and projector -----------------------------------------------------------------------------------------

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
    superseded,  ///< A later command of the key was applied, so this one was settled long ago.
    gave_up,     ///< `reason.message` says what kept failing.
  } what = result::gave_up;
  document_ptr entry = nullptr;
  rejection reason = {};
  uint32_t attempts = 0;
};
/// The handler has decided; the write is on its way.
struct handled {
  uint64_t cookie = 0; ///< The command's sequence.
};
using projection_listener = caf::typed_actor<caf::reacts_to<projected>, caf::reacts_to<handled>>;

/// Bring a command into the bucket.
struct project {
  stored_command_ptr command;
  bool seen_before = false; ///< It may have an outcome already: look first.
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

/// Whether this process is the one whose reactor consumes.
struct lease_change {
  bool held = false;
};
using lease_listener = caf::typed_actor<caf::reacts_to<lease_change>>;

/// How far is the command with this sequence?
struct ask_stage {
  uint64_t sequence = 0;
};

// ---- Queries -------------------------------------------------------------------------------------------------------

/// A write that a command made.
struct written_revision {
  std::string bucket;
  std::string key;
  uint64_t revision = 0;
};

struct query_answer {
  uint64_t cookie = 0;
  caf::error error;
  std::string query_id;
  std::string body;      ///< Query response envelope as JSON text.
  uint64_t revision = 0; ///< Becomes the ETag.
  std::string bucket;                ///< Where the answer came from.
  std::optional<std::string> key;    ///< Of the one document it is about.
  bool stale = false;    ///< The write that was waited for is not in it.
  bool failed_elsewhere = false; ///< A service elsewhere refused; `body` says why.
};
using query_listener = caf::typed_actor<caf::reacts_to<query_answer>>;

struct ask_query {
  std::string query_type;
  std::string query_id;
  json payload;
  query_listener listener;
  uint64_t cookie = 0;
  catalog::query_entry entry; ///< Filled by the query bus.
  std::optional<written_revision> after; ///< Wait until this write is visible here.
  milliseconds patience{0};   ///< How long to wait for `after`, or for a service elsewhere; 0 there: its default.
  bool stale_allowed = false; ///< Then answer with what there is instead of `not_visible_yet`.
  std::string traceparent;    ///< W3C trace context for a service elsewhere; may be empty.
};

/// Tells the listener once that the bucket has changed since `revision`.
struct watch_changes {
  std::string bucket;
  uint64_t revision = 0;
  std::optional<std::string> key; ///< Only this key's changes.
  caf::typed_actor<caf::reacts_to<model_atom>> listener;
};

/// The key's entry, and who else holds its unique values.
struct looked_up {
  uint64_t cookie = 0;
  document_ptr entry;
  std::vector<std::optional<std::string>> taken_by; ///< Per asked unique member: the key that has the value.
};
using lookup_listener = caf::typed_actor<caf::reacts_to<looked_up>>;

struct look_up {
  std::string key;
  std::vector<std::pair<std::string, json>> unique;
  lookup_listener listener;
  uint64_t cookie = 0;
};

/// The projector has written this; the read model need not wait for the watch.
struct apply_entry {
  document_ptr entry;
};

// ---- HTTP ----------------------------------------------------------------------------------------------------------

/// An accepted socket, on its way from the listener to its session.
struct adopt_socket {
  std::shared_ptr<boost::asio::ip::tcp::socket> socket;
  net::http_limits limits;
};

/// The session runs; the listener sweeps its connection's deadlines.
struct session_opened {
  std::weak_ptr<net::http_connection> connection;
};

} // namespace tidings

#define TIDINGS_MESSAGE(x) CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::x)
TIDINGS_MESSAGE(published)
TIDINGS_MESSAGE(publish)
TIDINGS_MESSAGE(nats_reply)
TIDINGS_MESSAGE(nats_request)
TIDINGS_MESSAGE(emit)
TIDINGS_MESSAGE(nats_batch)
TIDINGS_MESSAGE(subscribe)
TIDINGS_MESSAGE(unsubscribe)
TIDINGS_MESSAGE(connection_change)
TIDINGS_MESSAGE(follow_connection)
TIDINGS_MESSAGE(component_state)
TIDINGS_MESSAGE(readiness_report)
TIDINGS_MESSAGE(streams_ready)
TIDINGS_MESSAGE(command_answer)
TIDINGS_MESSAGE(submit_command)
TIDINGS_MESSAGE(attach_command)
TIDINGS_MESSAGE(abandon_wait)
TIDINGS_MESSAGE(notification)
TIDINGS_MESSAGE(watch_command)
TIDINGS_MESSAGE(joined)
TIDINGS_MESSAGE(join_events)
TIDINGS_MESSAGE(leave_events)
TIDINGS_MESSAGE(watch_changes)
TIDINGS_MESSAGE(unwatch_command)
TIDINGS_MESSAGE(projected)
TIDINGS_MESSAGE(handled)
TIDINGS_MESSAGE(project)
TIDINGS_MESSAGE(settled)
TIDINGS_MESSAGE(decide_command)
TIDINGS_MESSAGE(ask_stage)
TIDINGS_MESSAGE(lease_change)
TIDINGS_MESSAGE(query_answer)
TIDINGS_MESSAGE(ask_query)
TIDINGS_MESSAGE(looked_up)
TIDINGS_MESSAGE(look_up)
TIDINGS_MESSAGE(apply_entry)
TIDINGS_MESSAGE(adopt_socket)
TIDINGS_MESSAGE(session_opened)
#undef TIDINGS_MESSAGE
