// SPDX-License-Identifier: MIT
#include "app/printable.hpp"

namespace tidings {

std::string printable(std::string_view text) {
  std::string result;
  unsigned char before = 0;
  for (unsigned char c : text) {
    // In UTF-8 the controls from U+0080 to U+009F are C2 80 to C2 9F; some terminals obey them too.
    bool control = c < 0x20 || c == 0x7f || (before == 0xc2 && c < 0xa0);
    if (control && c >= 0x80) result.pop_back();
    result += control ? '?' : static_cast<char>(c);
    before = c;
  }
  return result;
}

} // namespace tidings
