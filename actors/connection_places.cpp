// SPDX-License-Identifier: MIT
#include "actors/connection_places.hpp"

namespace tidings {

std::shared_ptr<void> connection_places::take(const std::string& peer) {
  auto taken = taken_.fetch_add(1, std::memory_order_relaxed);
  auto of_peer = taken < most_ ? by_peer_.take(peer) : nullptr;
  if (of_peer) return {this, [all = shared_from_this(), of_peer](void*) { all->taken_.fetch_sub(1, std::memory_order_relaxed); }};
  taken_.fetch_sub(1, std::memory_order_relaxed);
  return nullptr;
}

} // namespace tidings
