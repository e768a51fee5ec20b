// SPDX-License-Identifier: MIT
#pragma once

#include "actors/messages.hpp"

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::stage)

/// Every typed handle of the system: the map. An actor's listener handles (messages.hpp) are subsets of these.
namespace tidings {

/// Owns the NATS connection; everything on the wire goes through it.
using nats_gateway_actor = caf::typed_actor<
  // Connects; from then on it reconnects by itself.
  caf::reacts_to<start_atom>,
  // Publishes to a stream; `published` follows.
  caf::reacts_to<publish>,
  // Sends a request; `nats_reply` follows.
  caf::reacts_to<nats_request>,
  // Sends and forgets.
  caf::reacts_to<emit>,
  // Subscribes; `nats_batch`es follow.
  caf::reacts_to<subscribe>,
  // Ends a subscription.
  caf::reacts_to<unsubscribe>,
  // Sends `connection_change` now and at each change.
  caf::reacts_to<follow_connection>,
  // Takes no new work; answers once nothing is open and everything is written.
  caf::replies_to<drain_atom>::with<bool>,
  // INTERNAL: hands over what subscriptions have received.
  caf::reacts_to<beat_atom>,
  // INTERNAL: looks for overdue answers.
  caf::reacts_to<tick_atom>>;

/// Knows which parts of the process can do their work.
using readiness_actor = caf::typed_actor<
  // A part reports.
  caf::reacts_to<component_state>,
  // We are stopping: not ready from now on.
  caf::reacts_to<drain_atom>,
  // Asks for the whole.
  caf::replies_to<start_atom>::with<readiness_report>>;

/// Tells what there is to tell of the whole process when it has several shards.
using process_reporter_actor = caf::typed_actor<
  // Those of the other shards.
  caf::reacts_to<reporter_peers>,
  // Asks for the readiness of all.
  caf::replies_to<start_atom>::with<readiness_report>,
  // Asks for what all have counted, as text.
  caf::replies_to<count_atom>::with<std::string>,
  // Another shard asks for ours; `shard_report` goes back.
  caf::reacts_to<shard_question>,
  caf::reacts_to<shard_report>,
  // INTERNAL: somebody's patience may be over.
  caf::reacts_to<tick_atom>>;

/// Whoever answers for readiness: a shard for itself, or the reporter for all.
using readiness_source = caf::typed_actor<caf::replies_to<start_atom>::with<readiness_report>>;

/// Sees to it that streams and buckets exist as they should.
using stream_keeper_actor = caf::typed_actor<
  caf::reacts_to<connection_change>,
  caf::reacts_to<nats_reply>,
  // JetStream says that a stream changed.
  caf::reacts_to<nats_batch>,
  // INTERNAL: retries and looks again.
  caf::reacts_to<tick_atom>>;

/// Validates commands, gives them ids and waiters, and bounds how many wait.
using command_bus_actor = caf::typed_actor<
  // Publishes a command; `command_answer` follows.
  caf::reacts_to<submit_command>,
  // Waits for a command that was submitted before; `command_answer` follows.
  caf::reacts_to<attach_command>,
  // How large a message may be.
  caf::reacts_to<connection_change>,
  // Whether the backlog leaves room for new commands.
  caf::reacts_to<backlog_report>,
  // Takes no new commands.
  caf::reacts_to<drain_atom>>;

/// Looks again and again how many commands wait to be handled, wherever that is done.
using backlog_watch_actor = caf::typed_actor<
  caf::reacts_to<connection_change>,
  caf::reacts_to<nats_reply>,
  // INTERNAL: time to look.
  caf::reacts_to<tick_atom>>;

/// Stands for one wait for one command's outcome, and ends with it.
using command_waiter_actor = caf::typed_actor<
  caf::reacts_to<published>,
  caf::reacts_to<nats_reply>,
  caf::reacts_to<notification>,
  caf::reacts_to<abandon_wait>>;

/// Follows NOTIFICATIONS and routes each outcome to whoever waits for it.
using notification_hub_actor = caf::typed_actor<
  caf::reacts_to<watch_command>,
  caf::reacts_to<unwatch_command>,
  // Passes it on to those who wait for that command.
  caf::reacts_to<abandon_wait>,
  // The reactor of this process has stored an outcome; its waiters need not wait until the stream delivers it.
  caf::reacts_to<stored_outcome>,
  // Every waiter answers with what it has.
  caf::reacts_to<drain_atom>,
  // Every event stream ends.
  caf::reacts_to<stop_atom>,
  // An event stream begins, or ends.
  caf::reacts_to<join_events>,
  caf::reacts_to<leave_events>,
  // An event stream wants what it missed.
  caf::reacts_to<ask_kept>,
  caf::reacts_to<ask_missed>,
  caf::reacts_to<streams_ready>,
  caf::reacts_to<connection_change>,
  caf::reacts_to<nats_batch>,
  caf::reacts_to<nats_reply>,
  caf::reacts_to<tick_atom>>;

/// What the owner of partitions needs of their reactors.
using partition_reactor = caf::typed_actor<
  caf::reacts_to<lease_change>,
  caf::replies_to<drain_atom>::with<bool>>;

/// Consumes a partition of COMMANDS: deliveries, outcomes, acknowledgements, dead letters.
using reactor_actor = caf::typed_actor<
  // How far the command has come, as far as this process knows.
  caf::replies_to<ask_stage>::with<stage>,
  // It may consume from now on, or may no longer.
  caf::reacts_to<lease_change>,
  caf::reacts_to<streams_ready>,
  caf::reacts_to<connection_change>,
  caf::reacts_to<nats_batch>,
  caf::reacts_to<nats_reply>,
  caf::reacts_to<published>,
  caf::reacts_to<projected>,
  // Takes no more deliveries until it may again; answers once what is in flight is settled.
  caf::replies_to<drain_atom>::with<bool>,
  caf::reacts_to<tick_atom>>;

/// Agrees with the other processes on who consumes which partitions.
using partition_owner_actor = caf::typed_actor<
  caf::reacts_to<streams_ready>,
  caf::reacts_to<connection_change>,
  caf::reacts_to<nats_reply>,
  caf::reacts_to<published>,
  caf::reacts_to<partition_report>,
  // Settles what is in flight and gives all partitions back; answers whether the others know.
  caf::replies_to<drain_atom>::with<bool>,
  caf::reacts_to<tick_atom>>;

/// Decides over commands of one type. C++ handlers implement this too.
using command_handler_actor = caf::typed_actor<
  // (command, current document) -> new document or rejection. An error means "not now": it is tried again.
  caf::replies_to<decide_command>::with<decision>>;

/// Writes one bucket: keys in parallel, one key strictly in order.
using kv_projector_actor = caf::typed_actor<
  // How far a command has come that is not settled.
  caf::replies_to<ask_stage>::with<stage>,
  caf::reacts_to<project>,
  caf::reacts_to<settled>,
  caf::reacts_to<looked_up>,
  caf::reacts_to<published>,
  caf::reacts_to<nats_reply>,
  caf::reacts_to<tick_atom>>;

/// An in-memory copy of one bucket.
using read_model_actor = caf::typed_actor<
  caf::reacts_to<look_up>,
  caf::reacts_to<apply_entry>,
  caf::reacts_to<ask_query>,
  // Wants to know of the next change.
  caf::reacts_to<watch_changes>,
  // Answers when everything that the bucket has now is here; `false` when that cannot be found out.
  caf::replies_to<start_atom>::with<bool>,
  // INTERNAL: somebody's patience is over.
  caf::reacts_to<beat_atom>,
  caf::reacts_to<streams_ready>,
  caf::reacts_to<connection_change>,
  caf::reacts_to<nats_batch>,
  caf::reacts_to<nats_reply>,
  caf::reacts_to<tick_atom>>;

/// Takes queries, whichever way they came, to the read model that answers them.
using query_bus_actor = caf::typed_actor<
  caf::reacts_to<ask_query>,
  // Wants to know of the next change of a bucket.
  caf::reacts_to<watch_changes>>;

/// Answers a service's requests over NATS.
using service_endpoint_actor = caf::typed_actor<
  caf::reacts_to<nats_batch>,
  // Leaves new requests to other instances.
  caf::reacts_to<drain_atom>,
  caf::reacts_to<command_answer>,
  caf::reacts_to<query_answer>>;

/// Takes commands and queries that no model declares to services elsewhere.
using request_forwarder_actor = caf::typed_actor<
  caf::reacts_to<submit_command>,
  caf::reacts_to<ask_query>,
  caf::reacts_to<nats_reply>>;

/// Knows which services there are on the network.
using service_directory_actor = caf::typed_actor<
  // The services as JSON text.
  caf::replies_to<start_atom>::with<std::string>,
  caf::reacts_to<nats_batch>,
  // INTERNAL: the round is over.
  caf::reacts_to<tick_atom>>;

/// One Server-Sent Events response: of a command, of an owner, or of a live query.
using event_stream_actor = caf::typed_actor<
  caf::reacts_to<command_answer>,
  caf::reacts_to<query_answer>,
  caf::reacts_to<notification>,
  caf::reacts_to<progress_report>,
  caf::reacts_to<joined>,
  caf::reacts_to<kept>,
  caf::reacts_to<missed>,
  // The bucket has changed.
  caf::reacts_to<model_atom>,
  // INTERNAL: the pace of a live query allows another answer.
  caf::reacts_to<pace_atom>,
  // The client has read everything so far.
  caf::reacts_to<tick_atom>,
  // Time for a sign of life.
  caf::reacts_to<beat_atom>,
  // We are stopping: the stream ends, and the client comes back to whoever is there then.
  caf::reacts_to<stop_atom>,
  // Of no meaning to a stream; waiters get it.
  caf::reacts_to<abandon_wait>>;

/// One HTTP connection.
using http_session_actor = caf::typed_actor<
  // INTERNAL: the listener hands over the socket.
  caf::reacts_to<adopt_socket>,
  caf::reacts_to<command_answer>,
  caf::reacts_to<query_answer>,
  // Finishes what is in flight, then closes.
  caf::reacts_to<drain_atom>,
  // Closes now.
  caf::reacts_to<stop_atom>>;

/// Accepts connections and sweeps their deadlines.
using http_listener_actor = caf::typed_actor<
  // INTERNAL: a session has its connection.
  caf::reacts_to<session_opened>,
  // How large a body may be.
  caf::reacts_to<connection_change>,
  // Accepts no more; tells sessions to finish; answers once the last one is gone.
  caf::replies_to<drain_atom>::with<bool>,
  // Cuts whoever is still there.
  caf::reacts_to<stop_atom>,
  caf::reacts_to<tick_atom>>;

/// The embedded nats-server child.
using nats_server_actor = caf::typed_actor<
  // Ends the child; answers once it is gone.
  caf::replies_to<stop_atom>::with<bool>,
  caf::reacts_to<tick_atom>>;

} // namespace tidings
