// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstdint>

#include "envelopes/json.hpp"

namespace tidings::bench {

using clock = std::chrono::steady_clock;

/// Latencies from 1 ns to 18 minutes in buckets that are at most 0.4 % wide, as HdrHistogram has them.
class histogram {
public:
  void record(clock::duration x) {
    auto ns = static_cast<uint64_t>(std::clamp<int64_t>(std::chrono::nanoseconds{x}.count(), 0, longest));
    ++counts_[index_of(ns)];
    ++count_;
    sum_ += ns;
    max_ = std::max(max_, ns);
  }

  uint64_t count() const noexcept { return count_; }

  /// Microseconds that a share `q` of the recorded values does not exceed; 0 when nothing was recorded.
  double percentile_us(double q) const noexcept {
    auto wanted = std::max<uint64_t>(1, static_cast<uint64_t>(q * static_cast<double>(count_) + 0.5));
    uint64_t seen = 0;
    for (size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (seen >= wanted) return static_cast<double>(std::min(upper_end(i), max_)) / 1000;
    }
    return 0;
  }

  /// Everything in microseconds.
  json summary() const {
    return {{"count", count_},
            {"mean_us", count_ == 0 ? 0 : static_cast<double>(sum_) / static_cast<double>(count_) / 1000},
            {"p50_us", percentile_us(0.5)},
            {"p99_us", percentile_us(0.99)},
            {"p999_us", percentile_us(0.999)},
            {"max_us", static_cast<double>(max_) / 1000}};
  }

private:
  static constexpr int precision_bits = 8;
  static constexpr uint64_t exact = uint64_t{1} << precision_bits;
  static constexpr int64_t longest = int64_t{1} << 40;
  static constexpr size_t buckets = (41 - precision_bits + 1) * exact;

  // Below `exact` every value has a bucket; above it each power of two is cut into `exact` of them.
  static size_t index_of(uint64_t ns) noexcept {
    if (ns < exact) return ns;
    auto shift = static_cast<uint64_t>(std::bit_width(ns)) - precision_bits - 1;
    return (shift + 1) * exact + ((ns >> shift) - exact);
  }
  static uint64_t upper_end(size_t i) noexcept {
    if (i < exact) return i;
    auto shift = i / exact - 1;
    return ((i % exact + exact + 1) << shift) - 1;
  }

  std::array<uint64_t, buckets> counts_{};
  uint64_t count_ = 0, sum_ = 0, max_ = 0;
};

} // namespace tidings::bench
