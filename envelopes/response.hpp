// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <caf/expected.hpp>

#include "envelopes/json.hpp"

namespace tidings {

/// Response Envelope of a command or a query. Fields: success, command_id | query_id, timestamp, payload, error.
struct response {
  std::optional<bool> success; ///< Empty (null) while the outcome is pending.
  std::string id_field;        ///< "command_id" or "query_id".
  std::string id;
  std::string timestamp;
  json payload;
  std::optional<std::string> error;
  bool operator==(const response&) const = default;
};

std::string to_json(const response& x);

/// A query response around a payload that is JSON text already (spares a parse and a dump).
std::string render_query_response(std::string_view query_id, std::string_view timestamp, std::string_view payload_json);

/// Takes any response envelope with `id_field` "command_id" or "query_id"; extra fields are ignored.
/// @returns `errc::bad_reply` with a detail that names the missing or mistyped field.
caf::expected<response> parse_response(std::string_view text);

} // namespace tidings
