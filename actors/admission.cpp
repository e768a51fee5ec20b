// SPDX-License-Identifier: MIT
#include "actors/admission.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tidings {

bool admission::take(uint64_t waiting) {
  waiting_ = waiting;
  bool now = limit_ > 0 && (full_ ? waiting > low() : waiting > limit_);
  return std::exchange(full_, now) != now;
}

bool admission::forget() {
  waiting_ = 0;
  return std::exchange(full_, false);
}

uint32_t admission::retry_after(std::optional<double> rate) const {
  if (waiting_ <= low()) return 1;
  if (!rate || *rate <= 0) return longest_retry;
  auto seconds = std::ceil(static_cast<double>(waiting_ - low()) / *rate);
  return static_cast<uint32_t>(std::clamp(seconds, 1.0, double{longest_retry}));
}

} // namespace tidings
