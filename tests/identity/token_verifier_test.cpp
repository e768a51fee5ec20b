// SPDX-License-Identifier: MIT
#define CAF_SUITE token_verifier

#include "identity/token_verifier.hpp"

#include <string>

#include <caf/test/unit_test.hpp>

#include "envelopes/errc.hpp"
#include "identity/jwk_set.hpp"
#include "tests/identity/signed_token.hpp"

using namespace tidings;
using namespace tidings::testing;
using namespace std::chrono_literals;

namespace {

struct fixture {
  token_verifier::clock::time_point now{1'000'000s};
  token_rules rules{"issuer", {"here", "there"}, {signing_algorithm::hs256}, "roles", 30s};
  token_verifier verifier{rules, {signing_key::of_secret(secret)}};

  static std::string claims(const std::string& more = {}, const std::string& exp = "1000060") {
    return R"({"iss":"issuer","aud":"here","sub":"anna","exp":)" + exp + more + "}";
  }
  caf::expected<identity> verify(const std::string& text) {
    return verifier.verify(sign(R"({"alg":"HS256"})", text), now);
  }
  std::string why(const std::string& text) {
    auto who = verify(text);
    return who ? "" : failure_of(who.error()).detail;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(token_verifier_tests, fixture)

CAF_TEST(a good token says who it is) {
  auto who = verify(claims(R"(,"roles":["a","b"])"));
  CAF_REQUIRE(who);
  CAF_CHECK_EQUAL(who->issuer, "issuer");
  CAF_CHECK_EQUAL(who->subject, "anna");
  CAF_CHECK(who->roles == (std::set<std::string, std::less<>>{"a", "b"}));
  CAF_CHECK(who->ends == token_verifier::clock::time_point{1'000'090s});
  CAF_CHECK(verify(R"({"iss":"issuer","aud":["x","there"],"sub":"anna","exp":1000060})"));
}

CAF_TEST(it counts until its exp and the leeway even when it was seen before) {
  for (int i = 0; i < 2; ++i) CAF_CHECK(verify(claims()));
  now += 89s;
  CAF_CHECK(verify(claims()));
  now += 1s;
  CAF_CHECK_EQUAL(why(claims()), "the token has expired");
  CAF_CHECK_EQUAL(why(claims({}, "1000060.5")), "");
}

CAF_TEST(a date that clocks cannot hold is far away and not long ago) {
  CAF_CHECK_EQUAL(why(claims({}, "32503680000")), "");
  CAF_CHECK_EQUAL(why(claims({}, "253402300799")), "");
  CAF_CHECK_EQUAL(why(claims(R"(,"nbf":253402300799)")), "the token is not valid yet");
  for (auto date : {"253402300800", "1e300", "-1", "null", "\"1\"", "true", "{}"})
    CAF_CHECK_EQUAL(why(claims({}, date)), "exp, nbf or iat of the token is not a date");
}

CAF_TEST(it does not count before nbf or iat) {
  CAF_CHECK_EQUAL(why(claims(R"(,"nbf":1000030)")), "");
  CAF_CHECK_EQUAL(why(claims(R"(,"nbf":1000031)")), "the token is not valid yet");
  CAF_CHECK_EQUAL(why(claims(R"(,"iat":1000031)")), "the token was issued in the future");
  CAF_CHECK_EQUAL(why(claims(R"(,"nbf":"now")")), "exp, nbf or iat of the token is not a date");
}

CAF_TEST(what it must say it must say once) {
  CAF_CHECK_EQUAL(why(R"({"iss":"issuer","aud":"here","sub":"anna"})"), "the token has no exp");
  CAF_CHECK_EQUAL(why(R"({"iss":"other","aud":"here","sub":"anna","exp":1000060})"), "the token is from another issuer");
  CAF_CHECK_EQUAL(why(R"({"iss":"issuer","aud":"her","sub":"anna","exp":1000060})"), "the token is for another audience");
  CAF_CHECK_EQUAL(why(R"({"iss":"issuer","aud":"here","exp":1000060})"), "the token has no sub");
  CAF_CHECK_EQUAL(why(claims(R"(,"sub":"berta")")), "the token's claims are not one JSON object with each member once");
}

CAF_TEST(roles are a list or words) {
  auto roles = [&](const std::string& text) { return verify(claims(",\"roles\":" + text))->roles.size(); };
  CAF_CHECK_EQUAL(roles("[]"), 0u);
  CAF_CHECK_EQUAL(roles("\"\""), 0u);
  CAF_CHECK_EQUAL(roles("\" a  b \""), 2u);
  CAF_CHECK_EQUAL(why(claims(R"(,"roles":{"a":true})")), "the token's roles are not a list");
  CAF_CHECK_EQUAL(why(claims(R"(,"roles":["a",1])")), "the token's roles are not all strings");
}

CAF_TEST(roles may be deeper down) {
  rules.roles_claim = "/realm/roles";
  verifier = {rules, {signing_key::of_secret(secret)}};
  CAF_CHECK_EQUAL(verify(claims(R"(,"realm":{"roles":["a"]})"))->roles.size(), 1u);
  CAF_CHECK_EQUAL(verify(claims(R"(,"realm":["a"])"))->roles.size(), 0u);
}

CAF_TEST(a header that brings a key or wants more than is understood is refused) {
  for (auto header : {R"({"alg":"none"})", R"({"alg":"HS512"})", R"({"alg":["HS256"]})", R"({})", R"([])", R"({"alg":"HS256","jwk":{}})", R"({"alg":"HS256","crit":["x"]})",
                      R"({"alg":"HS256","jku":"x"})", R"({"alg":"HS256","alg":"HS256"})", R"({"alg":"RS256"})"})
    CAF_CHECK(!verifier.verify(sign(header, claims()), now));
}

CAF_TEST(an algorithm that was not chosen does not count even with its key) {
  rules.algorithms = {signing_algorithm::rs256};
  verifier = {rules, {signing_key::of_secret(secret)}};
  CAF_CHECK(!verify(claims()));
}

CAF_TEST(other keys end what was seen) {
  CAF_CHECK(verify(claims()));
  verifier.replace_keys({signing_key::of_secret(std::string(32, 't'))});
  CAF_CHECK_EQUAL(why(claims()), "the token's signature is wrong");
}

CAF_TEST(what has not three parts is no token) {
  for (auto text : {"", ".", "..", "a.b", "a.b.c.d"}) CAF_CHECK(!verifier.verify(text, now));
  CAF_CHECK(!verifier.verify(std::string(9000, 'a'), now));
}

CAF_TEST(only a token that another key could verify asks for keys) {
  auto keys = parse_jwk_set(R"({"keys":[{"crv":"Ed25519","x":"KiV66xqs2Fv8ooEcUPLE5r9NvlXkP4TEf3hYFJfEmsA","kty":"OKP","kid":"known"}]})");
  CAF_REQUIRE(keys);
  token_verifier by_key{{"issuer", {"here"}, {signing_algorithm::es256, signing_algorithm::eddsa}, "roles", 30s}, *keys};
  auto asks = [&](const std::string& header) { return by_key.names_unknown_key(sign(header, claims())); };
  CAF_CHECK(asks(R"({"alg":"EdDSA","kid":"new"})"));
  CAF_CHECK(asks(R"({"alg":"ES256","kid":"new"})"));
  for (auto* header : {R"({"alg":"EdDSA","kid":"known"})", R"({"alg":"ES256","kid":"known"})", R"({"alg":"RS256","kid":"new"})",
                       R"({"alg":"HS256","kid":"new"})", R"({"alg":"none","kid":"new"})", R"({"alg":"EdDSA"})", R"({"alg":"EdDSA","kid":""})",
                       R"({"alg":"EdDSA","kid":1})", R"({"kid":"new"})", R"({"alg":"EdDSA","kid":"new","jku":"x"})",
                       R"({"alg":"EdDSA","kid":"new","crit":[]})", R"({"alg":"EdDSA","kid":"new","kid":"new"})", "[]", "no JSON"})
    CAF_CHECK_EQUAL(std::string{asks(header) ? header : ""}, "");
  CAF_CHECK(!asks(R"({"alg":"EdDSA","kid":")" + std::string(257, 'x') + "\"}"));
  CAF_CHECK(!by_key.names_unknown_key("a.b") && !by_key.names_unknown_key("a.b.c.d") && !by_key.names_unknown_key(""));
  // A shared secret has no name, so nothing can be fetched for it.
  CAF_CHECK(!verifier.names_unknown_key(sign(R"({"alg":"HS256","kid":"new"})", claims())));
}

CAF_TEST_FIXTURE_SCOPE_END()
