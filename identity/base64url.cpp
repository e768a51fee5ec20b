// SPDX-License-Identifier: MIT
#include "identity/base64url.hpp"

#include <utility>

#include "envelopes/regroup.hpp"

namespace tidings {

namespace {

constexpr int value_of(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '-') return 62;
  return c == '_' ? 63 : -1;
}

} // namespace

std::optional<std::string> decode_base64url(std::string_view text) {
  if (text.size() % 4 == 1) return std::nullopt;
  auto found = regroup(text, 6, value_of);
  if (!found.valid || found.rest != 0) return std::nullopt;
  return std::move(found.bytes);
}

} // namespace tidings
