// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <caf/expected.hpp>

#include "envelopes/errc.hpp"
#include "envelopes/json.hpp"

namespace tidings {

/// A compiled JSON Schema (draft-07, checked by valijson).
class json_schema {
public:
  virtual ~json_schema() = default;

  /// @returns every violation with its JSON pointer, the deepest first where one explains another; empty when valid.
  virtual std::vector<field_error> violations(const json& value) const = 0;

  /// @returns `errc::bad_model` when `schema` is not a schema (a type that does not exist, a bad pattern, a remote
  /// $ref).
  static caf::expected<std::shared_ptr<const json_schema>> compile(const json& schema);
};

} // namespace tidings
