// SPDX-License-Identifier: MIT
#include "identity/key_renewal.hpp"

#include <utility>

namespace tidings {

void key_renewal::renew(clock::time_point now) {
  if (asking_) return;
  asking_ = true;
  asked_ = now;
  fetch_([weak = weak_from_this()] {
    if (auto self = weak.lock()) self->finish();
  });
}

bool key_renewal::wait(std::function<void()> then, clock::time_point now) {
  if (!asking_ && asked_ && now - *asked_ < cooldown_) return false;
  if (waiting_.size() >= most_waiting) return false;
  waiting_.push_back(std::move(then)); // first: the answer may come at once
  renew(now);
  return true;
}

void key_renewal::finish() {
  asking_ = false;
  for (auto& then : std::exchange(waiting_, {})) then();
}

} // namespace tidings
