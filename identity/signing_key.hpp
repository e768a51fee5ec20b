// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace tidings {

/// How tokens may be signed (RFC 7518, 3.1; RFC 8037).
enum class signing_algorithm : uint8_t { rs256, es256, eddsa, hs256 };

/// As in a token's header.
std::string_view to_string(signing_algorithm x);

/// A key that verifies signatures by one algorithm only. What a token's header says never chooses how a key is used:
/// that is how a public RSA key was made an HMAC secret elsewhere (RFC 8725, 3.1).
class signing_key {
public:
  using pkey_ptr = std::shared_ptr<evp_pkey_st>;

  /// @param id The key's `kid`; empty if it has none.
  signing_key(signing_algorithm algorithm, std::string id, pkey_ptr key)
      : algorithm_{algorithm}, id_{std::move(id)}, key_{std::move(key)} {}

  /// HS256 with a shared secret.
  static signing_key of_secret(std::string secret);

  signing_algorithm algorithm() const noexcept { return algorithm_; }
  const std::string& id() const noexcept { return id_; }

  /// Whether `signature` (as in a JWS, raw bytes) is this key's over `signed_text`.
  bool verifies(std::string_view signed_text, std::string_view signature) const;

private:
  signing_algorithm algorithm_;
  std::string id_;
  pkey_ptr key_;       // null for HS256
  std::string secret_; // for HS256
};

} // namespace tidings
