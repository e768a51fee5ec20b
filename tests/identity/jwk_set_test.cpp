// SPDX-License-Identifier: MIT
#define CAF_SUITE jwk_set

#include "identity/jwk_set.hpp"

#include <string>

#include <caf/test/unit_test.hpp>

#include "envelopes/errc.hpp"
#include "envelopes/json.hpp"
#include "identity/base64url.hpp"

using namespace tidings;

namespace {

// Made with Node's crypto module; the signatures are over "header.claims".
const std::string rsa =
  R"({"kty":"RSA","n":"9eK4NwDEnCXy-ODlx7nPitKLetnhAoLU7qoHnLh3DNGwuWvdz1T9L6wVd1F326lrUPz5htAsvT7wWizZ1r)"
  R"(1sQJuQ7qg9DvSRgfcA55bhp3YpdN7CllpvbPd1BbTydPyjtAY2ofk0fedozwoFW3CkZQMwey0bD3j2rn62r_PnnVPV0Zji1Ma52A)"
  R"(t6rkMAZ3xgfXsfniECsE9p-aFumFcmtFMkoj4AKmjcf5J3CkN0BX4FKdLSz1KIPt5GoG3iIHVnazC6qWlZIUH3JtbqUesFMEqIzA)"
  R"(BM8NnaMkKmmDhp7owW73FXONduUo2MWZqzogKNiBCzb7tym9WWKe2hPAa2-w","e":"AQAB"})";
const std::string rsa_signature =
  R"(VThUautcojLLqzRrXLEK1SJCPKetFJrqHVYQx4JyQQQ7bx0qAP_-Cz-W9bASvgLeDktcfmEeNL04MxCdOz-XIalS8JIYC23hyhOs)"
  R"(Dv8y7Jp08MnMdpoejHvzu-L0zgnWWpPUeaRLyr1ROBIlpgLWqVyu2V3ugl-oXNhSLK1rILm_H0ga7e_OxfS_yBXphXQx0BKyIeVD)"
  R"(PVx_mkvW5svOHkOdGZi0xsNDLXgjR1OqVWxLq_BJWuq0-n4XWxN_lBvpUWsXfEFWxztpwuqZMttVu9DxVdCXfABKSxndd95YUb9r)"
  R"(ZXpL4lBAVRjfZEizKkHUE-hXz0qcrn5AxESUwWqWOg)";
const std::string p256 =
  R"({"kty":"EC","x":"5ndQJ7P-Hk7V2UIDgRLzLRpWbQfxHgTzO552wGV3Zr0","y":"qlK-nD_phX1YKwM3L-1I_Js3LrpTCY6TP)"
  R"(hvEhqBYIrQ","crv":"P-256"})";
const std::string p256_signature =
  R"(C5aeXfpfSAwYw5FFlu9x_8ONCKA2xwbsS4PYS0pl-Iw4AMcfmNm-3YlcfH2PA4tfi9bjkzliy0ssMPUp-mHC5A)";
const std::string ed25519 =
  R"({"crv":"Ed25519","x":"3rWLQgcE8JQx-owujZURzA9JieelesYdqhAkfbqPM4E","kty":"OKP"})";
const std::string ed25519_signature =
  R"(mqXGQqyAAkL8Xay_-qfj_bZCde0rKO6GthwcjaiJj87GsOP9ruuNRcV8UkQCuKaYpk8nm2PSEPHwL9pBT671Cg)";
const std::string short_rsa =
  R"({"kty":"RSA","n":"x94hNNtfXSr4OEYyTe7w58FGJvfzto0iNYNdylI2jGqGsRjiMa_yL1dXTtxW-OVJnV3Tc0SBwfLoBZWMjj)"
  R"(VNesgbs6dlEc-VbqCHjnDe506PXzDIKF9DwjG9Y_Hk3h-8Wu3_9FSGyU_zNqGMvTPtB9W523CfzHV8nJw2Q5yAVZs","e":"AQAB)"
  R"("})";

std::string set_of(const std::string& keys) { return R"({"keys":[)" + keys + "]}"; }

/// A key with members added, or replaced.
std::string with(const std::string& key, const std::string& members) {
  auto result = json::parse(key);
  result.update(json::parse(members));
  return result.dump();
}

std::string why(const std::string& text) {
  auto keys = parse_jwk_set(text);
  return keys ? "" : failure_of(keys.error()).detail;
}

bool verifies(const std::string& key, const std::string& signature, std::string_view text = "header.claims") {
  return parse_jwk_set(set_of(key))->front().verifies(text, *decode_base64url(signature));
}

} // namespace

CAF_TEST(each kind of key verifies its own signatures) {
  CAF_CHECK(verifies(rsa, rsa_signature));
  CAF_CHECK(verifies(p256, p256_signature));
  CAF_CHECK(verifies(ed25519, ed25519_signature));
  CAF_CHECK(!verifies(rsa, rsa_signature, "header.claimz"));
  CAF_CHECK(!verifies(p256, p256_signature, "header.claimz"));
  CAF_CHECK(!verifies(ed25519, ed25519_signature, "header.claimz"));
  CAF_CHECK(!verifies(rsa, p256_signature));
  CAF_CHECK(!verifies(p256, rsa_signature));
  CAF_CHECK(!verifies(ed25519, p256_signature));
  CAF_CHECK(!verifies(p256, ""));
  CAF_CHECK(!verifies(p256, std::string(86, 'A'))); // r = s = 0
}

CAF_TEST(a key is for one algorithm) {
  auto keys = parse_jwk_set(set_of(with(rsa, R"({"kid":"a"})") + ',' + with(p256, R"({"kid":"b"})") + ',' + ed25519));
  CAF_REQUIRE(keys);
  CAF_REQUIRE_EQUAL(keys->size(), 3u);
  CAF_CHECK((*keys)[0].algorithm() == signing_algorithm::rs256);
  CAF_CHECK((*keys)[1].algorithm() == signing_algorithm::es256);
  CAF_CHECK((*keys)[2].algorithm() == signing_algorithm::eddsa);
  CAF_CHECK_EQUAL((*keys)[1].id(), "b");
  CAF_CHECK_EQUAL((*keys)[2].id(), "");
}

CAF_TEST(keys for something else are skipped) {
  for (std::string other : {with(rsa, R"({"use":"enc"})"), with(rsa, R"({"alg":"RS512"})"), with(rsa, R"({"alg":"RSA-OAEP"})"),
                            with(p256, R"({"key_ops":["deriveBits"]})"), with(p256, R"({"crv":"P-384"})"), std::string{R"({"kty":"unknown"})"}}) {
    CAF_CHECK_EQUAL(why(set_of(other)), "has no key for RS256, ES256 or EdDSA");
    CAF_CHECK_EQUAL(parse_jwk_set(set_of(other + ',' + ed25519))->size(), 1u);
  }
}

CAF_TEST(a broken key is an error that names its place) {
  for (std::string broken : {short_rsa, with(rsa, R"({"n":"AQAB"})"), with(rsa, R"({"e":"AQ"})"), with(rsa, R"({"e":""})"), with(p256, R"({"x":"AQAB"})"),
                             with(p256, R"({"x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})"), with(ed25519, R"({"x":"AQAB"})")})
    CAF_CHECK(why(set_of(ed25519 + ',' + broken)).starts_with("/keys/1 is not a usable"));
  CAF_CHECK(why(set_of(R"({"kty":"oct","k":"AQAB"})")).starts_with("/keys/0 is a secret"));
  CAF_CHECK_EQUAL(why(set_of(with(rsa, R"({"kid":7})"))), "/keys/0/kid is not a string");
  CAF_CHECK_EQUAL(why(set_of(with(rsa, R"({"kid":"a"})") + ',' + with(p256, R"({"kid":"a"})"))), "/keys/1 has the kid of another key");
  CAF_CHECK_EQUAL(why(set_of("7")), "/keys/0 is not an object");
}

CAF_TEST(what is no set is refused) {
  CAF_CHECK(why("").starts_with("is not JSON"));
  CAF_CHECK(why(R"({"keys":[],"keys":[]})").starts_with("is not JSON"));
  for (auto text : {"[]", "{}", R"({"keys":{}})", "7"}) CAF_CHECK(why(text).starts_with("is not a JWK Set"));
  CAF_CHECK_EQUAL(why(R"({"keys":[]})"), "has no key for RS256, ES256 or EdDSA");
}
