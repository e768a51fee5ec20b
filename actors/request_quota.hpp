// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

namespace tidings {

/// How many requests a caller may make: so many a second, and twice that at once after a while of silence. One for a process,
/// whichever of its threads a caller reaches.
class request_quota {
public:
  using clock = std::chrono::steady_clock;
  static constexpr size_t max_callers = 65'536; ///< Told apart at a time; all others share one quota.

  explicit request_quota(double per_second) : per_second_{per_second} {}

  /// Counts a request. @returns false when the caller has used up its quota.
  bool admit(const std::string& caller, clock::time_point now);

  /// Not while others admit.
  size_t callers() const noexcept { return callers_.size(); }

private:
  struct account {
    double left;
    clock::time_point since;
  };

  bool spend(account& x, clock::time_point now) const;
  void forget(clock::time_point now);

  double per_second_;
  std::mutex mutex_; // everything below
  std::unordered_map<std::string, account> callers_;
  account others_{0, {}};
  clock::time_point swept_{};
};

} // namespace tidings
