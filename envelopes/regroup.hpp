// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tidings {

/// What text in base 2^n says.
struct regrouped {
  std::string bytes;
  uint32_t rest = 0;  ///< Bits of the last digit that made no byte.
  bool valid = false; ///< Every character was a digit.
};

/// Makes bytes of digits that stand for `width` bits each, the highest first.
/// @param value_of A character's value; negative when it is no digit.
template <class ValueOf>
regrouped regroup(std::string_view digits, int width, ValueOf value_of) {
  regrouped out;
  out.bytes.reserve(digits.size() * static_cast<size_t>(width) / 8);
  uint32_t bits = 0;
  int held = 0; // of `bits` not yet put out
  for (auto c : digits) {
    int value = value_of(c);
    if (value < 0) return out;
    bits = (bits << width) | static_cast<uint32_t>(value);
    if ((held += width) < 8) continue;
    held -= 8;
    out.bytes += static_cast<char>((bits >> held) & 0xff);
  }
  out.rest = bits & ((1u << held) - 1);
  out.valid = true;
  return out;
}

} // namespace tidings
