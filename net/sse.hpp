// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace tidings::net {

/// The text/event-stream format (WHATWG HTML, 9.2). Whatever is put in, nothing but the named field comes out: line
/// ends in outside text cannot begin a field of their own (THREATS.md H21).

/// A comment: keeps a connection alive, and as a first write flushes the headers. Readers ignore it.
std::string sse_comment(std::string_view text);

/// How long the client waits before it connects again.
std::string sse_retry(std::chrono::milliseconds wait);

/// One event. Data is split on CR LF, CR and LF; the client joins the lines with LF.
/// @param id    The position to resume from, or empty. Left out unless it is a token: `[A-Za-z0-9_-]{1,64}`.
/// @param event The event's type, or empty for "message". Left out unless it is a token.
std::string sse_event(std::string_view id, std::string_view event, std::string_view data);

} // namespace tidings::net
