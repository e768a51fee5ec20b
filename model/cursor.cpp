// SPDX-License-Identifier: MIT
#include "model/cursor.hpp"

#include <array>
#include <cstdint>

namespace tidings {

namespace {

constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr auto values = [] {
  std::array<int8_t, 256> table{};
  for (auto& x : table)
    x = -1;
  for (size_t i = 0; i < digits.size(); ++i)
    table[static_cast<uint8_t>(digits[i])] = static_cast<int8_t>(i);
  return table;
}();

std::string encode(std::string_view bytes) {
  std::string result;
  result.reserve((bytes.size() * 4 + 2) / 3);
  uint32_t bits = 0;
  int count = 0;
  for (auto c : bytes) {
    bits = (bits << 8) | static_cast<uint8_t>(c);
    for (count += 8; count >= 6; count -= 6)
      result += digits[(bits >> (count - 6)) & 0x3f];
  }
  if (count > 0) result += digits[(bits << (6 - count)) & 0x3f];
  return result;
}

std::optional<std::string> decode(std::string_view text) {
  std::string result;
  uint32_t bits = 0;
  int count = 0;
  for (auto c : text) {
    auto value = values[static_cast<uint8_t>(c)];
    if (value < 0) return std::nullopt;
    bits = (bits << 6) | static_cast<uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    result += static_cast<char>(bits >> count);
  }
  return result;
}

} // namespace

std::string to_text(const cursor& x) { return encode(dump(json::array({x.sort, x.value, x.key}))); }

std::optional<cursor> parse_cursor(std::string_view text) {
  auto bytes = decode(text);
  if (!bytes) return std::nullopt;
  auto parsed = parse_json(*bytes);
  if (!parsed || !parsed->is_array() || parsed->size() != 3) return std::nullopt;
  auto& fields = *parsed;
  if (!fields[0].is_string() || !fields[2].is_string()) return std::nullopt;
  return cursor{fields[0].get<std::string>(), std::move(fields[1]), fields[2].get<std::string>()};
}

} // namespace tidings
