// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <caf/expected.hpp>

#include "envelopes/json.hpp"

namespace tidings {

/// Unknown is neither success nor failure: `pending` renders `success` as null.
enum class outcome_status : uint8_t { pending, completed, failed };

/// How far a command is known to have come.
enum class stage : uint8_t { accepted, handled, projected };

std::string_view to_string(outcome_status x);
std::string_view to_string(stage x);

/// What a client may do next, e.g. {"redirect", "/locations/42"}.
struct action {
  std::string type;
  json data;
  bool operator==(const action&) const = default;
};

/// What became of a command: the one document that the HTTP body, `GET /commands/{id}`, SSE and the NATS reply carry.
struct outcome {
  std::string command_id;
  std::string command_type;
  std::string timestamp;             ///< When this was found out; RFC 3339 UTC.
  outcome_status status = outcome_status::pending;
  stage reached = stage::accepted;
  json payload;                      ///< The new document when completed; null otherwise.
  std::optional<std::string> error;  ///< A sentence when failed.
  std::optional<std::string> code;   ///< A stable word when failed, e.g. "already_exists".
  std::optional<std::string> key;    ///< The entity's key, once known.
  std::optional<uint64_t> revision;  ///< KV revision of the write, when completed.
  std::vector<action> actions;
  bool operator==(const outcome&) const = default;
};

/// Renders the document, `links` included. Fields in this order: success, command_id, timestamp, payload, error,
/// command_type, status, stage, code, key, revision, actions, links.
std::string to_json(const outcome& x);

/// The same with payload and actions that are rendered already; those of `x` are not looked at.
std::string to_json(const outcome& x, std::string_view payload, std::string_view actions);

/// Appends to the rendered actions `out`, but for their brackets.
/// @param data JSON text.
void append_action(std::string& out, std::string_view type, std::string_view data);

/// Reads what `to_json` wrote.
caf::expected<outcome> parse_outcome(std::string_view text);

} // namespace tidings
