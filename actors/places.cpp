// SPDX-License-Identifier: MIT
#include "actors/places.hpp"

namespace tidings {

std::shared_ptr<void> places::take(const std::string& whose) {
  if (!limited()) return taken_; // nobody counts
  auto i = taken_->try_emplace(whose, 0).first;
  if (i->second >= most_) return nullptr;
  ++i->second;
  return {&i->second, [all = taken_, i](void*) {
    if (--i->second == 0) all->erase(i);
  }};
}

} // namespace tidings
