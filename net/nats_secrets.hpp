// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include <caf/expected.hpp>

namespace tidings::net {

/// How a NATS connection proves who it is, and whom it trusts. Files, since arguments are seen by everybody on the machine.
struct nats_secrets {
  std::string ca_file;       ///< Certificates that the servers' are signed with; makes TLS obligatory. Empty: the system's, by tls:// URLs.
  std::string creds_file;    ///< JWT and seed, as `nsc` writes them.
  std::string nkey_file;     ///< A user's seed.
  std::string user;
  std::string password_file; ///< With `user`.
};

/// The public key that belongs to a user's NKey seed ("SU..."), as servers know it ("U...").
/// @returns errc::bad_configuration, which does not show the seed.
caf::expected<std::string> public_nkey(std::string_view seed);

} // namespace tidings::net
