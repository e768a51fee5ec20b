// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace tidings::net {

/// Whether a Content-Type says JSON: `application/json`, or any type with the suffix `+json` (RFC 6839), and no charset
/// but UTF-8. Other parameters are ignored. Forms can't send such a type without asking first (THREATS.md A8).
bool is_json(std::string_view content_type);

/// Whether an Accept header names text/event-stream itself with a quality above 0 (RFC 9110, 12.5.1). `*/*` is not
/// enough: every client sends it, and few want a stream.
bool accepts_event_stream(std::string_view accept);

/// Whether an Accept header allows JSON; so does an empty one.
bool accepts_json(std::string_view accept);

} // namespace tidings::net
