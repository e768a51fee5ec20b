// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <utility>

#include "actors/messages/signals.hpp"

namespace tidings {

/// Which ids are under way here, or were a moment ago.
class recent_ids {
public:
  /// @param memory How long an id is known after it has left.
  explicit recent_ids(clock_time::duration memory) : memory_{memory} {}

  /// @returns whether the id is new: nobody with it is under way, or was within the memory.
  bool enter(const std::string& id, clock_time now);
  /// Once for each `enter`.
  void leave(const std::string& id, clock_time now);

  size_t size() const noexcept { return ids_.size(); }

private:
  struct uses {
    uint32_t open = 0, remembered = 0;
  };
  using id_map = std::unordered_map<std::string, uses>;

  void forget(clock_time now);

  clock_time::duration memory_;
  id_map ids_;
  std::deque<std::pair<clock_time, id_map::value_type*>> left_; // nodes stay where they are
};

} // namespace tidings
