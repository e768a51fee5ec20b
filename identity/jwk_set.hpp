// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include <caf/expected.hpp>

#include "identity/signing_key.hpp"

namespace tidings {

/// The public keys of a JWK Set (RFC 7517) that can verify tokens here: RSA from 2048 bits (RS256), P-256 (ES256) and
/// Ed25519 (EdDSA). Keys for encryption and of other kinds are skipped, since providers publish such beside them.
/// @returns `errc::bad_configuration`, naming the key by its place, when one is broken, two have the same `kid`, one is a
/// secret (`oct`, which has no place in a published set), or none is left.
caf::expected<std::vector<signing_key>> parse_jwk_set(std::string_view text);

} // namespace tidings
