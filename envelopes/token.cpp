// SPDX-License-Identifier: MIT
#include "envelopes/token.hpp"

#include <algorithm>
#include <array>

#include "envelopes/errc.hpp"

namespace tidings {

namespace {

constexpr size_t max_length = 64;

constexpr auto allowed = [] {
  std::array<bool, 256> table{};
  for (auto c = 'a'; c <= 'z'; ++c)
    table[static_cast<uint8_t>(c)] = true;
  for (auto c = 'A'; c <= 'Z'; ++c)
    table[static_cast<uint8_t>(c)] = true;
  for (auto c = '0'; c <= '9'; ++c)
    table[static_cast<uint8_t>(c)] = true;
  table['_'] = table['-'] = true;
  return table;
}();

} // namespace

bool is_token(std::string_view text) noexcept {
  return !text.empty() && text.size() <= max_length &&
         std::all_of(text.begin(), text.end(), [](char c) { return allowed[static_cast<uint8_t>(c)]; });
}

caf::expected<token> token::admit(std::string_view text, std::string_view what) {
  if (is_token(text)) return token{std::string{text}};
  // The text itself stays out of the error: it is what may be hostile.
  return make_error(errc::invalid_token,
                    "Invalid " + std::string{what} + ": expected 1 to 64 characters of A-Z, a-z, 0-9, _ and -");
}

} // namespace tidings
