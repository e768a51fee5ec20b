// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "envelopes/json.hpp"

namespace tidings::contracts {

/// What a document may refer to, by kind and name: `{"schemas": {"Outcome": ...}, "parameters": ...}`.
using component_pool = json;

/// `{"$ref": "#/components/<kind>/<name>"}`.
json ref(std::string_view kind, std::string_view name);

/// The components that `document` refers to, and those that these refer to: a contract that lists more than it uses
/// makes readers look for the use.
/// @throws std::logic_error for a reference that leads nowhere: a bug of ours that no document may hide.
json referenced(const json& document, const component_pool& pool);

} // namespace tidings::contracts
