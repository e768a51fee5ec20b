// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <string_view>

namespace tidings::net {

/// Character classes and the few words of grammar that every HTTP field shares (RFC 9110, 5.6).
using char_class = std::array<bool, 256>;

constexpr char_class make_class(std::string_view extra, bool alphanumeric = true) {
  char_class result{};
  for (unsigned c = 0; alphanumeric && c < 128; ++c)
    result[c] = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  for (char c : extra)
    result[static_cast<unsigned char>(c)] = true;
  return result;
}

/// Visible ASCII, space, tab and bytes from 0x80 on: what a field value may hold.
constexpr char_class make_value_class() {
  char_class result{};
  for (unsigned c = 0x20; c < 256; ++c)
    result[c] = c != 0x7f;
  result['\t'] = true;
  return result;
}

inline constexpr char_class token_chars = make_class("!#$%&'*+-.^_`|~");
inline constexpr char_class value_chars = make_value_class();

constexpr bool is_in(const char_class& set, char c) noexcept { return set[static_cast<unsigned char>(c)]; }

constexpr bool all_in(const char_class& set, std::string_view text) noexcept {
  for (char c : text)
    if (!is_in(set, c)) return false;
  return true;
}

constexpr bool is_http_token(std::string_view text) noexcept { return !text.empty() && all_in(token_chars, text); }

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// The value of a hexadecimal digit, or -1.
constexpr int hex_value(char c) noexcept {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

/// Compares ASCII text; `lowered` is in lower case already.
constexpr bool equals_lower(std::string_view text, std::string_view lowered) noexcept {
  if (text.size() != lowered.size()) return false;
  for (size_t i = 0; i < text.size(); ++i)
    if (lower(text[i]) != lowered[i]) return false;
  return true;
}

/// Without leading and trailing spaces and tabs (OWS).
constexpr std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

/// Cuts the next element off a list, not at separators inside a quoted-string; trimmed, and possibly empty.
constexpr std::string_view next_element(std::string_view& rest, char separator) noexcept {
  bool quoted = false;
  size_t i = 0;
  for (; i < rest.size() && (quoted || rest[i] != separator); ++i) {
    if (rest[i] == '"')
      quoted = !quoted;
    else if (quoted && rest[i] == '\\' && i + 1 < rest.size())
      ++i;
  }
  auto element = rest.substr(0, i);
  rest.remove_prefix(i < rest.size() ? i + 1 : i);
  return trimmed(element);
}

} // namespace tidings::net
