// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <caf/error.hpp>
#include <caf/expected.hpp>

#include "envelopes/errc.hpp"
#include "envelopes/json.hpp"

namespace tidings {

/// Takes the fields of an envelope one by one and remembers the first that is missing or mistyped; what it returns
/// after that is empty. So a parser reads straight down and asks once, at the end, whether it went well.
class envelope_reader {
public:
  /// The longest text a field may have, in bytes.
  static constexpr size_t max_text = 256;

  /// @param code What a missing or mistyped field is.
  envelope_reader(std::string_view text, errc code);

  /// A string of at most `max_text` bytes.
  std::string text(std::string_view name);
  /// A string that is a token; one that is not is `errc::invalid_token`.
  std::string token(std::string_view name);
  /// A string that is an RFC 3339 date-time.
  std::string timestamp(std::string_view name);
  /// A string of any length; null and absent are empty.
  std::optional<std::string> maybe_text(std::string_view name);
  /// A boolean; null is empty.
  std::optional<bool> maybe_bool(std::string_view name);
  /// A non-negative integer; null and absent are empty.
  std::optional<uint64_t> maybe_unsigned(std::string_view name);
  /// Any value, moved out of the envelope.
  json value(std::string_view name);
  /// The same; absent is null.
  json maybe_value(std::string_view name);

  bool has(std::string_view name) const { return object_.contains(name); }
  /// Notes that `name` is not what it should be.
  void refuse(std::string_view name);
  /// Empty as long as every field was there.
  const caf::error& error() const noexcept { return error_; }

private:
  json* find(std::string_view name);

  errc code_;
  json object_;
  caf::error error_;
};

} // namespace tidings
