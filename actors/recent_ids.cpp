// SPDX-License-Identifier: MIT
#include "actors/recent_ids.hpp"

namespace tidings {

bool recent_ids::enter(const std::string& id, clock_time now) {
  forget(now);
  auto [i, fresh] = ids_.try_emplace(id);
  ++i->second.open;
  return fresh;
}

void recent_ids::leave(const std::string& id, clock_time now) {
  auto i = ids_.find(id);
  if (i == ids_.end() || i->second.open == 0) return;
  --i->second.open;
  ++i->second.remembered;
  left_.emplace_back(now, &*i);
  forget(now);
}

void recent_ids::forget(clock_time now) {
  for (; !left_.empty() && now - left_.front().first > memory_; left_.pop_front()) {
    auto& [id, counted] = *left_.front().second;
    if (--counted.remembered == 0 && counted.open == 0) ids_.erase(ids_.find(id));
  }
}

} // namespace tidings
