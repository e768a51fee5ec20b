// SPDX-License-Identifier: MIT
// Only the one token that was signed counts; and whatever a key set holds, reading it ends.
#include <string>

#include "identity/jwk_set.hpp"
#include "identity/token_verifier.hpp"
#include "tests/fuzz/fuzz_target.hpp"

using namespace tidings;

namespace {

constexpr std::string_view keys = R"({"keys":[{"crv":"Ed25519","x":"KiV66xqs2Fv8ooEcUPLE5r9NvlXkP4TEf3hYFJfEmsA","kty":"OKP","kid":"k"}]})";
constexpr std::string_view good = "eyJhbGciOiJFZERTQSIsImtpZCI6ImsifQ.eyJpc3MiOiJpc3N1ZXIiLCJhdWQiOiJ0aWRpbmdzIiwic3ViIjoiYW5uYSIsImV4cCI6MTkwMDAwMDAwMH0.3qpgshqsbVd5q4LwnCCsQOseWYDj3zLrlYaZk3lY-pq1NJa04tRvLDHIAb-nIdR8Ti2oN56GouQ7thtcmRtSAQ";

} // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static token_verifier verifier{{"issuer", {"tidings"}, {signing_algorithm::rs256, signing_algorithm::es256, signing_algorithm::eddsa}}, *parse_jwk_set(keys)};
  auto text = fuzz::text_of(data, size);
  auto who = verifier.verify(text, token_verifier::clock::time_point{std::chrono::seconds{1'800'000'000}});
  fuzz::claim(static_cast<bool>(who) == (text == good), "no other token counts");
  fuzz::claim(!verifier.names_unknown_key(text) || !who, "a token that counts names a key that is known");
  parse_jwk_set(text);
  return 0;
}
