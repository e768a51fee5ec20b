// SPDX-License-Identifier: MIT
#include "identity/key_renewal.hpp"

#include <utility>

namespace tidings {

bool key_renewal::begin(clock::time_point now) {
  if (asking_) return false;
  asking_ = true;
  asked_ = now;
  return true;
}

void key_renewal::ask() {
  fetch_([weak = weak_from_this()] {
    if (auto self = weak.lock()) self->finish();
  });
}

void key_renewal::renew(clock::time_point now) {
  {
    std::lock_guard guard{mutex_};
    if (!begin(now)) return;
  }
  ask();
}

bool key_renewal::wait(std::function<void()> then, clock::time_point now) {
  {
    std::lock_guard guard{mutex_};
    if (!asking_ && asked_ && now - *asked_ < cooldown_) return false;
    if (waiting_.size() >= most_waiting) return false;
    waiting_.push_back(std::move(then)); // first: the answer may come at once
    if (!begin(now)) return true;
  }
  ask();
  return true;
}

void key_renewal::finish() {
  std::vector<std::function<void()>> waiting;
  {
    std::lock_guard guard{mutex_};
    asking_ = false;
    waiting.swap(waiting_);
  }
  for (auto& then : waiting) then();
}

} // namespace tidings
