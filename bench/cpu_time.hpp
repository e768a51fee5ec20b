// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

#include <sys/resource.h>

namespace tidings::bench {

/// What this process has used so far, user and system, all threads.
inline std::chrono::microseconds cpu_time() noexcept {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  auto of = [](const timeval& t) { return std::chrono::seconds{t.tv_sec} + std::chrono::microseconds{t.tv_usec}; };
  return of(used.ru_utime) + of(used.ru_stime);
}

} // namespace tidings::bench
