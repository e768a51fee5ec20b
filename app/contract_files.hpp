// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>

#include "actors/caller_places.hpp"

namespace tidings {

/// `/openapi.json` and `/asyncapi.json` for what these settings serve, made once; by path.
/// @param limits What one caller may hold; null: no limits.
std::map<std::string, asset, std::less<>> contract_files(const http_settings& settings, const caller_places* limits);

} // namespace tidings
