// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>

namespace tidings {

/// How long something that failed so many times waits for its next try: 50 ms, twice as long each time, 5 s at most. Up to a quarter
/// less than that, always the same for the same `who`: what failed together in an outage does not come back together.
std::chrono::milliseconds backoff(uint32_t failures, uint64_t who);

} // namespace tidings
