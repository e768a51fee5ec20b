// SPDX-License-Identifier: MIT
#include "actors/backoff.hpp"

#include <algorithm>

namespace tidings {

using namespace std::chrono_literals;

std::chrono::milliseconds backoff(uint32_t failures, uint64_t who) {
  auto longest = std::min<std::chrono::milliseconds>(50ms * (1U << std::min(failures, 7U)), 5s);
  auto part = (who * 0x9e37'79b9'7f4a'7c15) >> 56; // of 1,024; neighbours are far apart (Knuth 6.4)
  return longest - longest * part / 1024;
}

} // namespace tidings
