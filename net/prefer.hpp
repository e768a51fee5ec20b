// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace tidings::net {

/// `Prefer: wait=N` (RFC 7240, 4.3): N whole seconds. Other preferences and malformed ones are ignored, as the RFC asks;
/// the first `wait` wins. Values above a day are a day.
std::optional<std::chrono::seconds> preferred_wait(std::string_view prefer);

} // namespace tidings::net
