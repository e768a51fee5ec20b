// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include <caf/expected.hpp>

namespace tidings::net {

/// The one normalisation of a request path (RFC 3986, 6.2.2), done before routing and authorisation (THREATS.md H23):
/// unreserved characters are decoded, once; other escapes stay, with upper-case digits. Nothing else is collapsed:
/// "//" and ";" are ordinary.
///
/// Dot segments, also as %2e, are refused instead of resolved: clients resolve them before they send, so one that
/// arrives is an attempt to look like another path to something in front of us. So are escaped slashes, backslashes
/// and control bytes, and every character that RFC 3986 does not allow in a path.
/// @returns errc::malformed_request for any of these.
caf::expected<std::string> normalise_path(std::string_view path);

} // namespace tidings::net
