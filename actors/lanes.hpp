// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace tidings {

/// Who goes next where things must happen in order. Somebody waits in several lanes at once and may go when first in all of
/// them. Everyone enters all lanes in one step, so nobody can wait in a circle.
class lanes {
public:
  /// @returns whether `who` may go at once.
  bool enter(uint64_t who, const std::vector<std::string>& names);

  /// @returns who may go now that `who` is out.
  std::vector<uint64_t> leave(uint64_t who, const std::vector<std::string>& names);

  size_t size() const noexcept { return queues_.size(); }

private:
  std::unordered_map<std::string, std::vector<uint64_t>> queues_; // short, nearly always of one
  std::unordered_map<uint64_t, size_t> blocked_by_; // in how many lanes somebody is not first; absent when free
};

} // namespace tidings
