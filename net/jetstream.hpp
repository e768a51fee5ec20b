// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <caf/error.hpp>
#include <caf/expected.hpp>

#include "envelopes/json.hpp"

/// JetStream's API as text: requests are JSON over `$JS.API.>`, answers are JSON with an `error` member on failure.
namespace tidings::net::jetstream {

/// JetStream's own error numbers that we act on.
inline constexpr int err_wrong_last_sequence = 10071;
inline constexpr int err_stream_not_found = 10059;
inline constexpr int err_not_clustered = 10074;      // more than one replica, and no cluster
inline constexpr int err_no_suitable_peers = 10005;
inline constexpr int err_insufficient_resources = 10023;
inline constexpr int err_consumer_not_found = 10014;
inline constexpr int err_no_message_found = 10037;

struct pub_ack {
  uint64_t sequence = 0;
  bool duplicate = false;
};

/// @returns `wrong_revision` for a failed compare-and-set, `storage_refused` for any other refusal (certainly not stored),
///          `bad_reply` for something that is no acknowledgement.
caf::expected<pub_ack> parse_pub_ack(std::string_view text);

/// What an API answer complains about.
struct api_error {
  int code = 0;     ///< HTTP-like.
  int err_code = 0; ///< JetStream's own, e.g. 10059.
  std::string description;
};

/// An API answer, parsed.
struct api_answer {
  json body;
  std::optional<api_error> error;
};

/// @returns `bad_reply` when `text` is not JSON.
caf::expected<api_answer> parse_api_answer(std::string_view text);

/// A time as JetStream writes it (Go's RFC 3339 in UTC, up to nine fractional digits), in nanoseconds since 1970; 0 for
/// anything else.
uint64_t created_ns(const std::string& text);

/// `$JS.API.` + verb, e.g. api("STREAM.INFO.COMMANDS").
std::string api(std::string_view verb);

/// The server that leads what this answer is about, a stream or a consumer; empty outside a cluster.
std::string leader_of(const json& info);

/// A consumer with one replica is put on any server that has a copy of the stream, and reads that one. A copy may be behind, and one of
/// nats-server 2.9 that was restarted may lack messages for good; the leader's is what was acknowledged.
/// @param leader Of the stream; empty: it has but one copy.
bool reads_from_leader(const json& consumer_info, std::string_view leader);

/// So often is a consumer made anew to have it on the right one of three servers (all in vain: 1 in 130).
inline constexpr uint32_t places_to_try = 12;

/// Where an ephemeral ordered consumer starts.
struct start_at {
  enum class policy : uint8_t { sequence, last_per_subject } how = policy::sequence;
  uint64_t sequence = 1; ///< For `sequence`: the first one wanted.
};

/// Body for CONSUMER.CREATE: a push consumer without acks, with flow control and heartbeats.
std::string ordered_consumer_config(std::string_view stream, std::string_view deliver_subject, std::string_view filter,
                                    const start_at& start, uint64_t heartbeat_ns);

} // namespace tidings::net::jetstream
