// SPDX-License-Identifier: MIT
#include "actors/lanes.hpp"

#include <algorithm>

namespace tidings {

bool lanes::enter(uint64_t who, const lane_list& names) {
  size_t behind = 0;
  for (auto& name : names) {
    auto& queue = queues_[name];
    if (!queue.empty() && queue.back() == who) continue; // named twice; nobody waits for itself
    if (!queue.empty()) ++behind;
    queue.push_back(who);
  }
  if (behind > 0) blocked_by_[who] = behind;
  return behind == 0;
}

std::vector<uint64_t> lanes::leave(uint64_t who, const lane_list& names) {
  std::vector<uint64_t> free;
  for (auto& name : names) {
    auto i = queues_.find(name);
    if (i == queues_.end() || i->second.empty() || i->second.front() != who) continue;
    i->second.erase(i->second.begin());
    if (i->second.empty()) {
      queues_.erase(i);
      continue;
    }
    auto next = i->second.front();
    auto b = blocked_by_.find(next);
    if (b == blocked_by_.end() || --b->second > 0) continue;
    blocked_by_.erase(b);
    free.push_back(next);
  }
  return free;
}

} // namespace tidings
