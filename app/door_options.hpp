// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace tidings {

/// Who may come in by HTTP, and how many.
struct door_options {
  std::string auth = "none";                     ///< none: sessions that anybody can make; jwt: tokens of an issuer.
  std::string jwks;                              ///< File or URL with the issuer's public keys.
  std::string jwks_ca;                           ///< Authorities to trust when they are fetched; empty: the system's.
  uint32_t refresh_s = 300;                      ///< Between two fetches.
  uint32_t cooldown_s = 30;                      ///< After a fetch, until an unknown key may cause another.
  std::string secret_file;                       ///< For HS256 only.
  std::vector<std::string> algorithms{"RS256", "ES256", "EdDSA"};
  std::string issuer;
  std::vector<std::string> audiences;
  std::string roles_claim = "roles";
  uint32_t leeway_s = 30;
  std::string tls_certificate, tls_key;          ///< Files; both or none. None: plain HTTP.
  bool allow_anonymous = false;                  ///< Serve beyond loopback without knowing anybody.
  std::vector<std::string> hosts;
  std::vector<std::string> origins;
  uint32_t max_connections = 20'000;
  uint32_t max_per_address = 0;                  ///< 0: no limit of its own.
  uint32_t max_waits = 0, max_streams = 0, max_live_queries = 0; ///< Of one owner at a time; 0: no limit of its own.
  uint32_t rate_limit = 0;                       ///< Requests a second of one caller; 0: no limit.
};

/// Declares the options on `verb`.
void add_door_options(CLI::App& verb, door_options& options);

} // namespace tidings
