// SPDX-License-Identifier: MIT
#include "actors/owner.hpp"

#include "envelopes/errc.hpp"
#include "envelopes/ids.hpp"

namespace tidings {

namespace {

constexpr std::string_view cookie_name = "tidings_session=";
constexpr size_t shortest_session = 22; // characters; 128 bits in base64url
constexpr size_t owner_digits = 32;

} // namespace

const token& public_owner() {
  static const auto owner = *token::admit("public", "owner");
  return owner;
}

token owner_of_session(std::string_view session) {
  return *token::admit("s-" + sha256_hex(session).substr(0, owner_digits), "owner");
}

token owner_of_identity(const identity& who) {
  // With its length in front, no issuer and subject can be read as another pair.
  auto pair = std::to_string(who.issuer.size()) + ':' + who.issuer + who.subject;
  return *token::admit("u-" + sha256_hex(pair).substr(0, owner_digits), "owner");
}

std::string_view cookie_value(std::string_view cookies, std::string_view name) {
  while (!cookies.empty()) {
    auto end = cookies.find(';');
    auto pair = cookies.substr(0, end);
    while (pair.starts_with(' ')) pair.remove_prefix(1);
    if (pair.starts_with(name)) return pair.substr(name.size());
    if (end == std::string_view::npos) break;
    cookies.remove_prefix(end + 1);
  }
  return {};
}

std::string_view session_cookie(std::string_view cookies) {
  return cookie_value(cookies, cookie_name);
}

caf::expected<token> owner_of(const net::http_request& request) {
  auto session = request.header("tidings-session");
  if (session.empty()) session = session_cookie(request.header("cookie"));
  if (session.empty()) return public_owner();
  if (session.size() < shortest_session || !is_token(session))
    return make_error(errc::malformed_request, "a session is 22 to 64 characters of [A-Za-z0-9_-]; POST /session makes one");
  return owner_of_session(session);
}

std::string render_session_cookie(std::string_view session, bool secure) {
  return std::string{cookie_name} + std::string{session} + "; Path=/; HttpOnly; SameSite=Strict" + (secure ? "; Secure" : "");
}

} // namespace tidings
