// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include <caf/expected.hpp>

#include "actors/http_router.hpp"

/// What the headers of a request ask for. A malformed one is an error that names it.
namespace tidings {

/// `Idempotency-Key` (draft-07), a quoted string or bare; empty if there is none.
caf::expected<std::string> idempotency_key(const net::http_request& request);

/// `Prefer: wait=N` (RFC 7240), capped, and noted in `call` for `Preference-Applied`; else the configured wait.
milliseconds wait_of(const net::http_request& request, const http_settings& settings, http_call& call);

/// `If-Match`, the time to live, and in a demo the handler's delay.
caf::error read_conditions(const net::http_request& request, const http_settings& settings, submit_command& out);

/// `After-Command: {id}` or `After-Command: {id}; stale=allow`; nothing if there is none.
caf::expected<std::optional<after_command>> read_after(const net::http_request& request, const http_settings& settings, const http_call& call);

/// The position a client resumes from: the header that EventSource sends, else the parameter; may be empty.
std::string last_event_id(const net::http_request& request);

/// The 32 hex digits of a well-formed W3C traceparent; empty otherwise.
std::string trace_id_of(std::string_view traceparent);

} // namespace tidings
