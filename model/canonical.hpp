// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "envelopes/json.hpp"

namespace tidings {

/// Text that two values share exactly when JSON Schema calls them equal: member order does not matter, 1 equals 1.0.
std::string canonical(const json& value);

/// Whether JSON Schema calls them equal (draft-07, section 4.2.3).
bool same_value(const json& a, const json& b);

} // namespace tidings
