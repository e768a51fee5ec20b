// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace tidings::net {

/// How a NATS connection proves who it is, and whom it trusts. Files, since arguments are seen by everybody on the machine.
struct nats_secrets {
  std::string ca_file;       ///< Certificates that the servers' are signed with; makes TLS obligatory. Empty: the system's, by tls:// URLs.
  std::string cert_file;     ///< A certificate of our own for servers that ask for one, with its chain; makes TLS obligatory.
  std::string key_file;      ///< With `cert_file`.
  std::string creds_file;    ///< JWT and seed, as `nsc` writes them.
  std::string nkey_file;     ///< A user's seed.
  std::string user;
  std::string password_file; ///< With `user`.
};

} // namespace tidings::net
