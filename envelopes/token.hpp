// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include <caf/expected.hpp>

namespace tidings {

/// Text that may become part of a subject, a KV key or a header: `[A-Za-z0-9_-]{1,64}`. Only `admit` makes one from
/// outside text, so nothing unchecked can reach a subject (nats.c and the server do not check them).
class token {
public:
  const std::string& str() const noexcept { return text_; }
  bool operator==(const token&) const = default;
  auto operator<=>(const token&) const = default;

  /// @param what Names the thing in the error, e.g. "command type".
  /// @returns `errc::invalid_token` when `text` breaks the rule.
  static caf::expected<token> admit(std::string_view text, std::string_view what);

private:
  explicit token(std::string text) : text_{std::move(text)} {}
  std::string text_;
};

/// Whether `admit` would take it.
bool is_token(std::string_view text) noexcept;

} // namespace tidings
