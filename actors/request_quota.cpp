// SPDX-License-Identifier: MIT
#include "actors/request_quota.hpp"

#include <algorithm>

namespace tidings {

using namespace std::chrono_literals;

namespace {

constexpr auto burst = 2s; // after this long of silence a caller's quota is full again

} // namespace

bool request_quota::admit(const std::string& caller, clock::time_point now) {
  std::lock_guard guard{mutex_};
  auto i = callers_.find(caller);
  if (i == callers_.end()) {
    if (callers_.size() >= max_callers) forget(now);
    if (callers_.size() >= max_callers) return spend(others_, now);
    i = callers_.emplace(caller, account{per_second_ * std::chrono::duration<double>{burst}.count(), now}).first;
  }
  return spend(i->second, now);
}

bool request_quota::spend(account& x, clock::time_point now) const {
  auto most = per_second_ * std::chrono::duration<double>{burst}.count();
  x.left = std::min(most, x.left + per_second_ * std::chrono::duration<double>{now - x.since}.count());
  x.since = now;
  if (x.left < 1) return false;
  x.left -= 1;
  return true;
}

void request_quota::forget(clock::time_point now) {
  if (now - swept_ < 1s) return; // looking through all of them for each newcomer would be an attack of its own
  swept_ = now;
  std::erase_if(callers_, [now](const auto& x) { return now - x.second.since > burst; });
}

} // namespace tidings
