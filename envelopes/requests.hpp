// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include <caf/expected.hpp>

#include "envelopes/json.hpp"

namespace tidings {

/// Command Request Envelope: what a client sends to `commands.{Type}` and what the COMMANDS stream stores.
struct command_request {
  std::string command_type;
  std::string command_id; ///< Chosen by the client or made by us: `cmd-<uuid>`.
  std::string service_id; ///< Who sent it.
  std::string timestamp;  ///< RFC 3339 UTC.
  json payload;
  bool operator==(const command_request&) const = default;
};

/// Query Request Envelope.
struct query_request {
  std::string query_type;
  std::string query_id;
  std::string service_id;
  std::string timestamp;
  json payload;
  bool operator==(const query_request&) const = default;
};

std::string to_json(const command_request& x);
std::string to_json(const query_request& x);

/// Unknown fields are ignored. A missing or mistyped one is `errc::malformed_request` with the detail
/// `Invalid request format: expected 'name' field` and its pointer; types and ids must be tokens, the service id a
/// token, the timestamp RFC 3339, texts at most 256 bytes.
caf::expected<command_request> parse_command_request(std::string_view text);
caf::expected<query_request> parse_query_request(std::string_view text);

} // namespace tidings
