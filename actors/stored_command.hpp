// SPDX-License-Identifier: MIT
#pragma once

#include <caf/expected.hpp>

#include "actors/messages.hpp"

namespace tidings {

/// How long a handler may be slowed down; demo only.
inline constexpr milliseconds longest_delay{60'000};

/// Reads a message of COMMANDS as a command of one of `models`.
/// @returns `errc::malformed_request`, `errc::no_handler` when no model declares its type, `errc::schema_violation` or
///          `errc::invalid_token` for a key or an owner that is none: what the reactor buries.
caf::expected<stored_command_ptr> read_stored_command(const catalog& models, const net::nats_message& msg, const log_position& position);

} // namespace tidings
