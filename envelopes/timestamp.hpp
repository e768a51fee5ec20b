// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace tidings {

/// RFC 3339 in UTC with milliseconds, e.g. `2025-11-29T12:34:56.789Z`.
std::string to_rfc3339(std::chrono::system_clock::time_point t);

/// The same for now.
std::string now_rfc3339();

/// Milliseconds with one decimal, e.g. `0.3`.
std::string milliseconds_text(std::chrono::duration<double, std::milli> x);

/// Whether `text` is an RFC 3339 date-time (any offset, any number of fractional digits, real calendar date).
bool is_rfc3339(std::string_view text) noexcept;

} // namespace tidings
