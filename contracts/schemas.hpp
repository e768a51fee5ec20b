// SPDX-License-Identifier: MIT
#pragma once

#include "envelopes/json.hpp"

namespace tidings::contracts {

/// Schemas of what every Tidings says, whatever its models: outcomes, envelopes, problems, events. By name, in words that
/// draft-07 and 2020-12 share.
const json& common_schemas();

} // namespace tidings::contracts
