// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>

#include "actors/http_router.hpp"

namespace tidings {

/// `/openapi.json` and `/asyncapi.json` for what these settings serve, made once; by path.
std::map<std::string, asset, std::less<>> contract_files(const http_settings& settings);

} // namespace tidings
