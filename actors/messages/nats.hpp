// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/error.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/messages/signals.hpp"
#include "net/nats_message.hpp"

/// Traffic with NATS, and whether it is up.
namespace tidings {

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

/// What is published: shared with whoever may have to publish it again.
struct outgoing_message {
  std::string subject;
  net::nats_headers headers;
  std::string data;
};
using outgoing_message_ptr = std::shared_ptr<const outgoing_message>;

/// Publishes to a stream and wants its acknowledgement.
struct publish {
  outgoing_message_ptr what;
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
  bool partial = false; ///< Progress (`nats_request::wants_progress`); the answer is still to come.
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
  bool wants_progress = false; ///< Messages that ask for more time are passed on, as `partial`.
};

/// Sends and forgets: acknowledgements and answers.
struct emit {
  std::string subject;
  net::nats_headers headers;
  std::string data;
  std::string reply = {}; ///< Where answers may go; may be empty.
  bool may_wait = false;  ///< For something else to go with: at most as long as a tick of the gateway.
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

} // namespace tidings

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::published)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::publish)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::nats_reply)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::nats_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::emit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::nats_batch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::subscribe)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::unsubscribe)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::connection_change)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::follow_connection)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::component_state)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::readiness_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::streams_ready)
