// SPDX-License-Identifier: MIT
#include "net/http_target.hpp"

#include "envelopes/errc.hpp"
#include "net/http_syntax.hpp"

namespace tidings::net {

namespace {

constexpr char_class unreserved = make_class("-._~");
constexpr char_class path_chars = make_class("-._~!$&'()*+,;=:@/");

caf::error refused(const char* why) { return make_error(errc::malformed_request, why); }

bool has_dot_segment(std::string_view path) {
  while (!path.empty()) {
    path.remove_prefix(1);
    auto segment = path.substr(0, path.find('/'));
    if (segment == "." || segment == "..") return true;
    path.remove_prefix(segment.size());
  }
  return false;
}

} // namespace

caf::expected<std::string> normalise_path(std::string_view path) {
  if (path.empty() || path.front() != '/') return refused("The request target must start with a slash.");
  std::string result;
  result.reserve(path.size());
  for (size_t i = 0; i < path.size(); ++i) {
    if (is_in(path_chars, path[i])) {
      result += path[i];
      continue;
    }
    if (path[i] != '%') return refused("The path has a character that must be percent-encoded.");
    auto high = i + 2 < path.size() ? hex_value(path[i + 1]) : -1;
    auto low = i + 2 < path.size() ? hex_value(path[i + 2]) : -1;
    if (high < 0 || low < 0) return refused("The path has an incomplete percent-encoding.");
    auto c = static_cast<char>(high * 16 + low);
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '/' || c == '\\')
      return refused("The path has an encoded control character, slash or backslash.");
    if (is_in(unreserved, c)) {
      result += c;
    } else {
      constexpr std::string_view digits = "0123456789ABCDEF";
      result += '%';
      result += digits[static_cast<size_t>(high)];
      result += digits[static_cast<size_t>(low)];
    }
    i += 2;
  }
  if (has_dot_segment(result)) return refused("The path must not have dot segments.");
  return result;
}

} // namespace tidings::net
