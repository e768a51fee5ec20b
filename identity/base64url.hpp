// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tidings {

/// The bytes of base64url text without padding (RFC 7515, 2); nothing when it is not exactly that. Bits left over in
/// the last character must be zero, so that no two texts mean the same bytes.
std::optional<std::string> decode_base64url(std::string_view text);

} // namespace tidings
