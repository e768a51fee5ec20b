// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "actors/messages.hpp"

/// What the reactor publishes when a command is over (DESIGN.md, "Subjects"). Timeout and listener are left to it.
namespace tidings {

/// The command's outcome, for its owner.
publish outcome_of(const stored_command& command, const projected& result, stage reached);

/// The same for whoever waits for it here, once it is stored as `sequence`. @param told What `outcome_of` made of the command.
notification notification_of(const stored_command& command, publish told, uint64_t sequence);

/// The outcome of a message that cannot be read as a command. Its subject is empty if the message does not say who sent it:
/// then nobody can be told.
publish outcome_of_unreadable(const net::nats_message& msg, std::string_view reason);

/// What a line of the log calls a command: type, id, place in COMMANDS, and trace id if it has one.
std::string name_of(const stored_command& command);
/// The same of a message that cannot be read as a command.
std::string name_of(const net::nats_message& msg);

} // namespace tidings
