// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>

#include "actors/http_router.hpp"

namespace tidings {

/// The page and the browser client, as they were in web/ when the binary was built; by path.
std::map<std::string, asset, std::less<>> page_assets();

} // namespace tidings
