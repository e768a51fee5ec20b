// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

#include "envelopes/json.hpp"

namespace tidings {

/// Whether `text` is one JSON value (RFC 8259) and nothing else.
bool is_json(std::string_view text);

/// One value within JSON text that is known to be valid: to look at without making a tree of everything around it.
class json_slice {
public:
  explicit json_slice(std::string_view text) noexcept : text_{text} {}

  /// The value of the member `name`, of the first one if there are several; nothing if this is no object or has none.
  std::optional<json_slice> member(std::string_view name) const;
  /// What a string says when it is written without escapes, as nearly every one is; nothing for all else.
  std::optional<std::string_view> plain_string() const noexcept;
  json value() const;

private:
  std::string_view text_;
};

} // namespace tidings
