// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace tidings {

/// Whether all of it is UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text) noexcept;

} // namespace tidings
