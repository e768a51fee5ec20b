// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "actors/messages.hpp"

/// What the reactor publishes when a command is over (DESIGN.md, "Subjects").
namespace tidings {

/// The command's outcome, for its owner.
outgoing_message outcome_of(const stored_command& command, const projected& result, stage reached);

/// The outcome of a message that cannot be read as a command. Its subject is empty if the message does not say who sent it:
/// then nobody can be told.
outgoing_message outcome_of_unreadable(const net::nats_message& msg, std::string_view reason);

/// What a line of the log calls a command: type, id, place in COMMANDS, and trace id if it has one.
std::string name_of(const stored_command& command);
/// The same of a message that cannot be read as a command.
std::string name_of(const net::nats_message& msg);

} // namespace tidings
