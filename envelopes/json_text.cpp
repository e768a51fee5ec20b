// SPDX-License-Identifier: MIT
#include "envelopes/json_text.hpp"

#include <cstdint>
#include <cstring>

namespace tidings {

namespace {

constexpr uint64_t each_byte(uint8_t x) { return uint64_t{0x0101010101010101} * x; }

/// Whether a byte of `x` is below 0x20, not ASCII, a quote or a backslash. Eight at a time: everything that is written passes here.
bool needs_escape(uint64_t x) {
  auto zero_in = [](uint64_t y) { return (y - each_byte(1)) & ~y; };
  auto found = x | ((x - each_byte(0x20)) & ~x) | zero_in(x ^ each_byte('"')) | zero_in(x ^ each_byte('\\'));
  return (found & each_byte(0x80)) != 0;
}

bool is_plain(std::string_view text) {
  uint64_t eight = 0;
  for (; text.size() >= sizeof eight; text.remove_prefix(sizeof eight)) {
    std::memcpy(&eight, text.data(), sizeof eight);
    if (needs_escape(eight)) return false;
  }
  eight = each_byte('.');
  std::memcpy(&eight, text.data(), text.size());
  return !needs_escape(eight);
}

} // namespace

void append_json_string(std::string& out, std::string_view text) {
  // Nearly everything that passes here is plain ASCII; only the rest pays for a temporary value.
  if (is_plain(text)) {
    out += '"';
    out += text;
    out += '"';
  } else {
    out += json(text).dump(-1, ' ', false, json::error_handler_t::replace);
  }
}

void append_json_member(std::string& out, std::string_view name) {
  if (!out.empty() && out.back() != '{') out += ',';
  append_json_string(out, name);
  out += ':';
}

void append_pointer(std::string& out, std::string_view name) {
  out += '/';
  for (auto c : name) {
    switch (c) {
    case '~': out += "~0"; break;
    case '/': out += "~1"; break;
    default: out += c;
    }
  }
}

std::string pointer_to(std::string_view name) {
  std::string result;
  append_pointer(result, name);
  return result;
}

} // namespace tidings
