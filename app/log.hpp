// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace tidings {

enum class log_style : uint8_t { text, json_lines };

/// Sends the log to standard error.
/// @param level One of trace, debug, info, warn, error, critical, off.
void start_log(const std::string& level, log_style style);

} // namespace tidings
