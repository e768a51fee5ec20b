// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include <caf/expected.hpp>

namespace tidings::net {

/// The public key that belongs to a user's NKey seed ("SU..."), as servers know it ("U...").
/// @returns errc::bad_configuration, which does not show the seed.
caf::expected<std::string> public_nkey(std::string_view seed);

} // namespace tidings::net
