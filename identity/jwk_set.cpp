// SPDX-License-Identifier: MIT
#include "identity/jwk_set.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "envelopes/errc.hpp"
#include "envelopes/json.hpp"
#include "identity/base64url.hpp"

namespace tidings {

namespace {

constexpr int least_rsa_bits = 2048;
constexpr int most_rsa_bits = 8192; // beyond it a signature costs more than a request may
constexpr size_t p256_bytes = 32;
constexpr size_t ed25519_bytes = 32;

const unsigned char* bytes_of(const std::string& text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string text_of(const json& key, const char* name) {
  auto i = key.find(name);
  return i != key.end() && i->is_string() ? i->get<std::string>() : std::string{};
}

std::string bytes_of_member(const json& key, const char* name) {
  return decode_base64url(text_of(key, name)).value_or(std::string{});
}

using parameters = std::unique_ptr<OSSL_PARAM, decltype(&OSSL_PARAM_free)>;
using builder = std::unique_ptr<OSSL_PARAM_BLD, decltype(&OSSL_PARAM_BLD_free)>;
using number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;

signing_key::pkey_ptr owned(EVP_PKEY* key) {
  return {key, [](EVP_PKEY* x) { EVP_PKEY_free(x); }};
}

signing_key::pkey_ptr from_parameters(const char* kind, OSSL_PARAM_BLD* from) {
  parameters built{OSSL_PARAM_BLD_to_param(from), OSSL_PARAM_free};
  std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context{EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr), EVP_PKEY_CTX_free};
  EVP_PKEY* key = nullptr;
  if (!built || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, built.get()) != 1) {
    ERR_clear_error();
    return owned(key);
  }
  return owned(key);
}

signing_key::pkey_ptr rsa_key(const json& from) {
  auto modulus = bytes_of_member(from, "n");
  auto exponent = bytes_of_member(from, "e");
  if (modulus.empty() || exponent.empty() || modulus.size() > most_rsa_bits / 8) return nullptr;
  number n{BN_bin2bn(bytes_of(modulus), static_cast<int>(modulus.size()), nullptr), BN_free};
  number e{BN_bin2bn(bytes_of(exponent), static_cast<int>(exponent.size()), nullptr), BN_free};
  builder out{OSSL_PARAM_BLD_new(), OSSL_PARAM_BLD_free};
  // A modulus that is even, or an exponent of 1, verifies anything.
  if (BN_num_bits(n.get()) < least_rsa_bits || !BN_is_odd(n.get()) || !BN_is_odd(e.get()) || BN_num_bits(e.get()) < 2 ||
      BN_num_bits(e.get()) > 32)
    return nullptr;
  if (OSSL_PARAM_BLD_push_BN(out.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(out.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
    return nullptr;
  return from_parameters("RSA", out.get());
}

signing_key::pkey_ptr p256_key(const json& from) {
  auto x = bytes_of_member(from, "x");
  auto y = bytes_of_member(from, "y");
  if (x.size() != p256_bytes || y.size() != p256_bytes) return nullptr;
  auto point = '\x04' + x + y;
  builder out{OSSL_PARAM_BLD_new(), OSSL_PARAM_BLD_free};
  if (OSSL_PARAM_BLD_push_utf8_string(out.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(out.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1)
    return nullptr;
  return from_parameters("EC", out.get()); // refuses a point that is not on the curve
}

signing_key::pkey_ptr ed25519_key(const json& from) {
  auto x = bytes_of_member(from, "x");
  if (x.size() != ed25519_bytes) return nullptr;
  return owned(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(x), x.size()));
}

/// What the key is for; none if not for verifying tokens here.
std::optional<signing_algorithm> algorithm_of(const json& key) {
  auto use = text_of(key, "use");
  if (!use.empty() && use != "sig") return std::nullopt;
  if (auto operations = key.find("key_ops"); operations != key.end())
    if (!operations->is_array() || std::find(operations->begin(), operations->end(), "verify") == operations->end()) return std::nullopt;
  auto kind = text_of(key, "kty");
  auto curve = text_of(key, "crv");
  std::optional<signing_algorithm> result;
  if (kind == "RSA") result = signing_algorithm::rs256;
  else if (kind == "EC" && curve == "P-256") result = signing_algorithm::es256;
  else if (kind == "OKP" && curve == "Ed25519") result = signing_algorithm::eddsa;
  auto stated = text_of(key, "alg");
  // An RSA key for PS256 or RS512 is not one for RS256.
  if (result && !stated.empty() && stated != to_string(*result) && !(stated == "Ed25519" && *result == signing_algorithm::eddsa))
    return std::nullopt;
  return result;
}

signing_key::pkey_ptr public_key(signing_algorithm algorithm, const json& from) {
  switch (algorithm) {
  case signing_algorithm::rs256: return rsa_key(from);
  case signing_algorithm::es256: return p256_key(from);
  case signing_algorithm::eddsa: return ed25519_key(from);
  case signing_algorithm::hs256: break;
  }
  return nullptr;
}

} // namespace

caf::expected<std::vector<signing_key>> parse_jwk_set(std::string_view text) {
  auto bad = [](std::string sentence) { return make_error(errc::bad_configuration, std::move(sentence)); };
  auto document = parse_json(text);
  if (!document) return bad("is not JSON: " + failure_of(document.error()).detail);
  auto list = document->is_object() ? document->find("keys") : document->end();
  if (!document->is_object() || list == document->end() || !list->is_array()) return bad("is not a JWK Set: expected an object with the list 'keys'");
  std::vector<signing_key> result;
  for (size_t i = 0; i < list->size(); ++i) {
    const auto& from = (*list)[i];
    auto place = "/keys/" + std::to_string(i);
    if (!from.is_object()) return bad(place + " is not an object");
    if (text_of(from, "kty") == "oct") return bad(place + " is a secret, which has no place among published keys; HS256 takes --jwt-secret-file");
    for (const auto* name : {"kid", "use", "alg", "kty", "crv"})
      if (from.contains(name) && !from.at(name).is_string()) return bad(place + "/" + name + " is not a string");
    auto algorithm = algorithm_of(from);
    if (!algorithm) continue;
    auto key = public_key(*algorithm, from);
    if (!key) return bad(place + " is not a usable " + std::string{to_string(*algorithm)} + " key (RSA needs 2048 to 8192 bits)");
    auto id = text_of(from, "kid");
    for (const auto& other : result)
      if (!id.empty() && other.id() == id) return bad(place + " has the kid of another key");
    result.emplace_back(*algorithm, std::move(id), std::move(key));
  }
  if (result.empty()) return bad("has no key for RS256, ES256 or EdDSA");
  return result;
}

} // namespace tidings
