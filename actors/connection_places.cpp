// SPDX-License-Identifier: MIT
#include "actors/connection_places.hpp"

namespace tidings {

std::shared_ptr<void> connection_places::take(const std::string& peer) {
  if (taken_.fetch_add(1, std::memory_order_relaxed) >= most_) {
    taken_.fetch_sub(1, std::memory_order_relaxed);
    return nullptr;
  }
  if (most_of_one_ == 0) return {this, [all = shared_from_this()](void*) { all->taken_.fetch_sub(1, std::memory_order_relaxed); }};
  {
    std::lock_guard guard{mutex_};
    auto& of_peer = by_peer_[peer];
    if (of_peer >= most_of_one_) {
      taken_.fetch_sub(1, std::memory_order_relaxed);
      return nullptr;
    }
    ++of_peer;
  }
  return {this, [all = shared_from_this(), peer](void*) { all->give_back(peer); }};
}

void connection_places::give_back(const std::string& peer) {
  taken_.fetch_sub(1, std::memory_order_relaxed);
  std::lock_guard guard{mutex_};
  auto i = by_peer_.find(peer);
  if (--i->second == 0) by_peer_.erase(i);
}

} // namespace tidings
