// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace tidings {

/// Text from elsewhere for a terminal, which it must not steer: control characters become '?'.
std::string printable(std::string_view text);

} // namespace tidings
