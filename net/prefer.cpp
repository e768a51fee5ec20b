// SPDX-License-Identifier: MIT
#include "net/prefer.hpp"

#include <algorithm>

#include "net/http_syntax.hpp"

namespace tidings::net {

namespace {

constexpr long day = 24L * 60 * 60;

std::optional<std::chrono::seconds> parse_seconds(std::string_view text) {
  if (text.empty()) return std::nullopt;
  long seconds = 0;
  for (char c : text) {
    if (!is_digit(c)) return std::nullopt;
    seconds = std::min(seconds * 10 + (c - '0'), day);
  }
  return std::chrono::seconds{seconds};
}

} // namespace

std::optional<std::chrono::seconds> preferred_wait(std::string_view prefer) {
  while (!prefer.empty()) {
    auto preference = next_element(prefer, ',');
    auto word = next_element(preference, ';'); // what follows are parameters
    auto equals = word.find('=');
    if (equals == std::string_view::npos || !equals_lower(trimmed(word.substr(0, equals)), "wait")) continue;
    if (auto seconds = parse_seconds(trimmed(word.substr(equals + 1)))) return seconds;
  }
  return std::nullopt;
}

} // namespace tidings::net
