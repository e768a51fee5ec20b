// SPDX-License-Identifier: MIT
#include "identity/signing_key.hpp"

#include <array>

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace tidings {

namespace {

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

constexpr size_t p256_bytes = 32; // of r, and of s

/// A JWS has r and s as they are, OpenSSL wants them in DER. Empty when they are no such pair.
std::string der_of(std::string_view signature) {
  if (signature.size() != 2 * p256_bytes) return {};
  std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair{ECDSA_SIG_new(), ECDSA_SIG_free};
  auto* r = BN_bin2bn(bytes_of(signature), p256_bytes, nullptr);
  auto* s = BN_bin2bn(bytes_of(signature) + p256_bytes, p256_bytes, nullptr);
  if (!pair || ECDSA_SIG_set0(pair.get(), r, s) != 1) {
    BN_free(r);
    BN_free(s);
    return {};
  }
  unsigned char* out = nullptr;
  auto size = i2d_ECDSA_SIG(pair.get(), &out);
  if (size <= 0) return {};
  std::string der{reinterpret_cast<char*>(out), static_cast<size_t>(size)};
  OPENSSL_free(out);
  return der;
}

bool verify_digest(EVP_PKEY* key, const EVP_MD* digest, std::string_view text, std::string_view signature) {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
  auto valid = context && EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key) == 1 &&
               EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text), text.size()) == 1;
  ERR_clear_error(); // a forged signature leaves entries behind
  return valid;
}

bool verify_hmac(std::string_view secret, std::string_view text, std::string_view signature) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> expected{};
  unsigned int size = 0;
  if (HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), bytes_of(text), text.size(), expected.data(), &size) == nullptr)
    return false;
  return size == signature.size() && CRYPTO_memcmp(expected.data(), signature.data(), size) == 0;
}

} // namespace

std::string_view to_string(signing_algorithm x) {
  switch (x) {
  case signing_algorithm::rs256: return "RS256";
  case signing_algorithm::es256: return "ES256";
  case signing_algorithm::eddsa: return "EdDSA";
  case signing_algorithm::hs256: return "HS256";
  }
  return "";
}

signing_key signing_key::of_secret(std::string secret) {
  signing_key result{signing_algorithm::hs256, {}, nullptr};
  result.secret_ = std::move(secret);
  return result;
}

bool signing_key::verifies(std::string_view signed_text, std::string_view signature) const {
  switch (algorithm_) {
  case signing_algorithm::rs256: return verify_digest(key_.get(), EVP_sha256(), signed_text, signature);
  case signing_algorithm::es256: {
    auto der = der_of(signature);
    return !der.empty() && verify_digest(key_.get(), EVP_sha256(), signed_text, der);
  }
  case signing_algorithm::eddsa: return verify_digest(key_.get(), nullptr, signed_text, signature);
  case signing_algorithm::hs256: return !secret_.empty() && verify_hmac(secret_, signed_text, signature);
  }
  return false;
}

} // namespace tidings
