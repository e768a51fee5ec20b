// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace tidings {

/// URLs, separated by commas, as they may be shown: without user and password.
std::string without_secrets(std::string_view urls);

} // namespace tidings
