// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace tidings {

enum class log_style : uint8_t { text, json_lines };

/// Sends the log to standard error.
/// @param level One of trace, debug, info, warn, error, critical, off.
/// @param shards Whether each line says which shard it is of.
void start_log(const std::string& level, log_style style, bool shards);

/// What this thread logs is of this shard; until it says so, of the first.
void log_as_shard(size_t number);

} // namespace tidings
