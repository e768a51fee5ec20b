// SPDX-License-Identifier: MIT
#pragma once

#include <caf/expected.hpp>

#include "envelopes/json.hpp"
#include "net/http_message.hpp"

namespace tidings {

/// The body as an object; what a route's path says (`params`) goes in too. Empty, if it may be.
/// Errors: `unsupported_media_type`, `malformed_request`, `schema_violation` if body and path disagree.
caf::expected<json> read_payload(const net::http_request& request, const json& params, bool needs_body);

/// Query parameters, and what a route's path says, as a payload; all values are text. Errors: `malformed_request`.
caf::expected<json> read_parameters(const net::http_request& request, const json& params);

} // namespace tidings
