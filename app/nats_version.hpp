// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include <caf/expected.hpp>

/// What version a nats-server is. nats.c does not tell.
namespace tidings::nats_version {

/// Of the program in PATH, as it prints it.
caf::expected<std::string> installed();

/// Of the oldest of the servers at `urls` (several separated by commas) that answer within 2 s each: from the line with which
/// a server greets.
/// @returns `errc::unavailable` when none answers.
caf::expected<std::string> oldest_of(const std::string& urls);

} // namespace tidings::nats_version
