// SPDX-License-Identifier: MIT
#include "actors/places.hpp"

namespace tidings {

std::shared_ptr<void> places::take(const std::string& whose) {
  if (!limited()) return table_; // nobody counts
  std::lock_guard guard{table_->mutex};
  auto i = table_->taken.try_emplace(whose, 0).first;
  if (i->second >= most_) return nullptr;
  ++i->second;
  return {&i->second, [all = table_, i](void*) {
    std::lock_guard lock{all->mutex};
    if (--i->second == 0) all->taken.erase(i);
  }};
}

size_t places::holders() const {
  std::lock_guard guard{table_->mutex};
  return table_->taken.size();
}

} // namespace tidings
