// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include <caf/expected.hpp>

#include "net/nats_message.hpp"

namespace tidings {

/// What STREAM.MSG.GET answers, in the form of a direct get: subject, sequence and time in headers. That one is answered by any
/// copy of the stream, which may be behind; this one by the leader.
/// @returns a message with status 404 when there is none; `unavailable` when the answer says anything else.
caf::expected<net::nats_message> parse_stored_message(std::string_view answer);

} // namespace tidings
