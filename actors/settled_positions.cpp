// SPDX-License-Identifier: MIT
#include "actors/settled_positions.hpp"

#include <algorithm>

namespace tidings {

void settled_positions::note(uint32_t partition, uint64_t in, uint64_t sequence) {
  if (in < incarnation) return;
  if (in > incarnation) *this = {in, {}};
  for (uint32_t p = 0; p < up_to.size(); ++p)
    if (partition == p || partition == subjects::partitions) up_to[p] = std::max(up_to[p], sequence);
}

} // namespace tidings
