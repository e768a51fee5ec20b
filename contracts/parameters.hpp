// SPDX-License-Identifier: MIT
#pragma once

#include <initializer_list>
#include <string_view>

#include "contracts/contract_settings.hpp"
#include "envelopes/json.hpp"

namespace tidings::contracts {

/// Request headers and parameters that several operations take, by name.
json common_parameters(const contract_settings& settings);

/// References to them.
json parameters(std::initializer_list<std::string_view> names);

/// What any command takes.
json command_parameters(const contract_settings& settings);

/// What any query takes. @param versioned Whether its answers have an ETag.
json query_parameters(bool versioned);

} // namespace tidings::contracts
