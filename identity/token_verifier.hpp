// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <caf/expected.hpp>

#include "envelopes/json.hpp"
#include "identity/signing_key.hpp"

namespace tidings {

/// Who a token speaks for.
struct identity {
  std::string issuer;
  std::string subject;                            ///< Never empty.
  std::set<std::string, std::less<>> roles;
  std::chrono::system_clock::time_point ends;     ///< From here on the token counts for nothing; leeway included.
};

/// Which tokens are taken.
struct token_rules {
  std::string issuer;                             ///< `iss` must be exactly this.
  std::vector<std::string> audiences;             ///< `aud` must name one of them.
  std::vector<signing_algorithm> algorithms;
  std::string roles_claim = "roles";              ///< A member's name, or with "/" in front a JSON pointer.
  std::chrono::seconds leeway{30};                ///< Between clocks.
};

/// Checks JSON Web Tokens by the strict half of RFC 7519 and RFC 8725: the key decides the algorithm, nothing in a token
/// names a key outside the set, `exp`, `iss`, `aud` and `sub` must be there, no member may be there twice.
class token_verifier {
public:
  using clock = std::chrono::system_clock;

  token_verifier(token_rules rules, std::vector<signing_key> keys) : rules_{std::move(rules)}, keys_{std::move(keys)} {}

  /// Takes other keys from now on; tokens of keys that are gone count no more.
  void replace_keys(std::vector<signing_key> keys);

  /// @returns `errc::unauthorized` with a sentence that says nothing of the token's content.
  caf::expected<identity> verify(std::string_view token, clock::time_point now);

  /// Whether the token asks to be verified by a key that is not in the set, and is one that such a key could verify here.
  bool names_unknown_key(std::string_view token) const;

private:
  caf::expected<identity> verify_anew(std::string_view token, clock::time_point now) const;
  const signing_key* key_of(const json& header) const;
  caf::expected<identity> read_claims(const json& claims, clock::time_point now) const;
  caf::error read_roles(const json& claims, identity& out) const;

  token_rules rules_;
  std::vector<signing_key> keys_;
  /// Tokens that were right a moment ago, by digest: a signature costs more than everything else of a request.
  std::unordered_map<std::string, identity> seen_;
};

} // namespace tidings
