// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <caf/expected.hpp>

#include "envelopes/token.hpp"
#include "identity/token_verifier.hpp"
#include "net/http_message.hpp"

namespace tidings {

/// Owner of commands that were sent without a session: whoever knows the id may ask for the outcome.
const token& public_owner();

/// The owner that a session stands for. The session itself is a secret and never becomes part of a subject.
token owner_of_session(std::string_view session);

/// The owner that an issuer's subject stands for, on whatever device and with whatever token.
token owner_of_identity(const identity& who);

/// Who sends the request: the owner of its `Tidings-Session` header or `tidings_session` cookie, else `public`.
/// @returns `errc::malformed_request` for a session too short to be unguessable (fewer than 128 bits).
caf::expected<token> owner_of(const net::http_request& request);

/// The value of one cookie among `cookies`; empty if there is none. @param name With its "=".
std::string_view cookie_value(std::string_view cookies, std::string_view name);

/// The session cookie's value; empty if there is none.
std::string_view session_cookie(std::string_view cookies);

/// `Set-Cookie` for a new session.
/// @param secure Browsers send it back by HTTPS only.
std::string render_session_cookie(std::string_view session, bool secure = false);

} // namespace tidings
