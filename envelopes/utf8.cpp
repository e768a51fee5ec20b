// SPDX-License-Identifier: MIT
#include "envelopes/utf8.hpp"

#include <cstdint>

namespace tidings {

bool is_utf8(std::string_view text) noexcept {
  for (size_t i = 0; i < text.size();) {
    auto lead = static_cast<uint8_t>(text[i++]);
    if (lead < 0x80) continue;
    auto more = lead >= 0xf0 ? 3u : lead >= 0xe0 ? 2u : 1u;
    if (lead < 0xc2 || lead > 0xf4 || i + more > text.size()) return false;
    auto second = static_cast<uint8_t>(text[i]);
    uint8_t lowest = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    uint8_t highest = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (second < lowest || second > highest) return false;
    for (size_t end = i + more; i < end; ++i)
      if ((static_cast<uint8_t>(text[i]) & 0xc0) != 0x80) return false;
  }
  return true;
}

} // namespace tidings
