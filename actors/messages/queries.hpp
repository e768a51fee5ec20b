// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/error.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/messages/signals.hpp"
#include "model/catalog.hpp"
#include "model/listing.hpp"

/// Queries, and what read models tell.
namespace tidings {

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

} // namespace tidings

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::watch_changes)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::query_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::ask_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::looked_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::look_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::apply_entry)
