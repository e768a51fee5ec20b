// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace tidings {

/// Numbers of lanes. Whoever makes them from names may get one number for two of these: then they share a lane, and wait for each other.
using lane_list = std::vector<uint64_t>;

/// Who goes next where things must happen in order. Somebody waits in several lanes at once and may go when first in all of
/// them. Everyone enters all lanes in one step, so nobody can wait in a circle.
class lanes {
public:
  /// @returns whether `who` may go at once.
  bool enter(uint64_t who, const lane_list& names);

  /// @returns who may go now that `who` is out.
  std::vector<uint64_t> leave(uint64_t who, const lane_list& names);

  size_t size() const noexcept { return queues_.size(); }

private:
  std::unordered_map<uint64_t, lane_list> queues_; // by lane, of those who entered: nearly always one
  std::unordered_map<uint64_t, size_t> blocked_by_; // in how many lanes somebody is not first; absent when free
};

} // namespace tidings
