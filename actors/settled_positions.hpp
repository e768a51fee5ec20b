// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>

#include "envelopes/subjects.hpp"

namespace tidings {

/// Up to where in COMMANDS every command of a partition has its outcome, whatever a consumer remembers. Pure.
struct settled_positions {
  uint64_t incarnation = 0; ///< When the stream was created, in nanoseconds: in another stream the numbers mean nothing.
  std::array<uint64_t, subjects::partitions> up_to{}; ///< By partition.

  /// Of a partition, or of all for `subjects::partitions`. Never goes back, except for a stream that was made anew.
  void note(uint32_t partition, uint64_t in, uint64_t sequence);

  bool operator==(const settled_positions&) const = default;
};

} // namespace tidings
