// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <regex>
#include <string>

#include <caf/expected.hpp>

#include "envelopes/json.hpp"

namespace tidings {

/// The compiled patterns of a schema by their text.
using schema_patterns = std::map<std::string, std::regex, std::less<>>;

/// Looks at a schema before valijson parses it, for what valijson takes on trust: unknown type names, patterns, zero
/// divisors, references that lead elsewhere, nowhere or round in circles (these would overflow the stack).
/// @returns `errc::bad_model` naming the place.
caf::expected<schema_patterns> guard_schema(const json& schema);

} // namespace tidings
