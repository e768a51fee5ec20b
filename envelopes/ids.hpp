// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace tidings {

/// `cmd-<uuid v4>` from 122 random bits of the operating system's generator (buffered, thread safe not required:
/// each thread has its own buffer).
std::string make_command_id();
/// `qry-<uuid v4>`.
std::string make_query_id();

/// 128 random bits as 32 hex digits: an owner's session.
std::string make_session_id();

/// `cmd-<uuid>` computed from the owner and the Idempotency-Key, so that the same pair always means the same command.
std::string derive_command_id(std::string_view owner, std::string_view idempotency_key);

/// SHA-256 in hex.
std::string sha256_hex(std::string_view text);

} // namespace tidings
