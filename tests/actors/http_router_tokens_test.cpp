// SPDX-License-Identifier: MIT
#define CAF_SUITE http_router_tokens

#include <caf/test/unit_test.hpp>

#include "actors/owner.hpp"
#include "envelopes/errc.hpp"
#include "tests/actors/fakes/router_fixture.hpp"
#include "tests/identity/signed_token.hpp"

using namespace tidings;
using namespace tidings::testing;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view guarded = R"({
  "service": "guarded",
  "commands": { "Open": { "effect": "create", "allow": ["role:keeper", "role:owner"] }, "Knock": { "effect": "create" } },
  "queries": { "Look": { "effect": "get", "allow": ["role:keeper"] } },
  "routes": { "POST /doors/{id}/open": "Open", "GET /doors/{id}": "Look" }
})";

struct fixture : router_fixture {
  fixture() {
    settings.models = *catalog::make({model_of(guarded)});
    settings.door = std::make_shared<gatekeeper>(token_verifier{{"issuer", {"here"}, {signing_algorithm::hs256}}, {signing_key::of_secret(secret)}});
  }

  static std::string token_with(const std::string& roles, const std::string& subject = "anna") {
    return sign(R"({"alg":"HS256"})", R"({"iss":"issuer","aud":"here","exp":32503680000,"sub":")" + subject + R"(","roles":[)" + roles + "]}");
  }
  static net::http_request as(net::http_request x, const std::string& roles, const std::string& subject = "anna") {
    x.headers.emplace_back("authorization", "Bearer " + token_with(roles, subject));
    return x;
  }
  static net::http_request knock() { return with_json("POST", "/commands/Knock", R"({"id":"1"})"); }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(http_router_tokens_tests, fixture)

CAF_TEST(the owner is the subject and not the session) {
  auto x = as(knock(), "");
  x.headers.emplace_back("tidings-session", std::string(32, 's'));
  auto anna = *router_fixture::as<submit_command>(call(x)).owner;
  CAF_CHECK(anna.str().starts_with("u-"));
  CAF_CHECK(anna == owner_of_identity({"issuer", "anna", {}, {}}));
  CAF_CHECK(!(anna == *router_fixture::as<submit_command>(call(as(knock(), "", "berta"))).owner));
}

CAF_TEST(no issuer and subject are read as another pair) {
  CAF_CHECK(!(owner_of_identity({"ab", "c", {}, {}}) == owner_of_identity({"a", "bc", {}, {}})));
}

CAF_TEST(without a token only what is public is answered) {
  for (auto path : {"/healthz", "/readyz"}) CAF_CHECK_EQUAL(code(call("GET", path)), "");
  for (auto path : {"/events", "/model", "/services", "/doors/1", "/queries/Look", "/commands/cmd-1", "/openapi.json", "/session", "/nothing", "/events/ticket"}) {
    auto x = call("GET", path);
    CAF_CHECK_EQUAL(code(x), "unauthorized");
    CAF_CHECK_EQUAL(x.challenge, "Bearer realm=\"tidings\"");
  }
}

CAF_TEST(a wrong token is told apart from none) {
  auto x = knock();
  x.headers.emplace_back("authorization", "Bearer x.y.z");
  CAF_CHECK_EQUAL(call(x).challenge, "Bearer realm=\"tidings\", error=\"invalid_token\"");
}

CAF_TEST(the header counts before the cookie and two headers are none) {
  auto x = knock();
  x.headers.emplace_back("cookie", "a=b; tidings_token=" + token_with(""));
  CAF_CHECK(is<submit_command>(call(x)));
  x.headers.emplace_back("authorization", "Bearer wrong");
  CAF_CHECK_EQUAL(code(call(x)), "unauthorized");
  auto two = as(as(knock(), ""), "");
  CAF_CHECK_EQUAL(code(call(two)), "unauthorized");
}

CAF_TEST(a type is for its roles by every path) {
  CAF_CHECK(is<submit_command>(call(as(with_json("POST", "/commands/Open", R"({"id":"1"})"), R"("owner")"))));
  CAF_CHECK(is<submit_command>(call(as(request("POST", "/doors/1/open"), R"("x","keeper")"))));
  CAF_CHECK(is<ask_query>(call(as(request("GET", "/doors/1"), R"("keeper")"))));
  for (auto roles : {"", R"("Keeper")", R"("role:keeper")", R"("keepers")"}) {
    CAF_CHECK_EQUAL(code(call(as(with_json("POST", "/commands/Open", R"({"id":"1"})"), roles))), "forbidden");
    CAF_CHECK_EQUAL(code(call(as(request("POST", "/doors/1/open"), roles))), "forbidden");
    CAF_CHECK_EQUAL(code(call(as(request("GET", "/queries/Look?id=1"), roles))), "forbidden");
  }
  CAF_CHECK_EQUAL(code(call(as(request("GET", "/doors/1"), R"("owner")"))), "forbidden");
  CAF_CHECK(is<submit_command>(call(as(knock(), ""))));
}

CAF_TEST(a ticket stands for its caller on event streams once) {
  auto ticket = *settings.door->issue_ticket({tok("u-anna"), {}, std::nullopt});
  CAF_CHECK_EQUAL(code(call("GET", "/model?ticket=" + ticket)), "unauthorized");
  auto stream = router_fixture::as<events_request>(call("GET", "/events?ticket=" + ticket));
  CAF_CHECK(*stream.owner == tok("u-anna"));
  CAF_CHECK_EQUAL(code(call("GET", "/events?ticket=" + ticket)), "unauthorized");
}

CAF_TEST(a caller that asks too often is told so by owner or address) {
  settings.quota = std::make_shared<request_quota>(1);
  for (int i = 0; i < 2; ++i) CAF_CHECK(is<submit_command>(call(as(knock(), ""))));
  CAF_CHECK_EQUAL(code(call(as(knock(), ""))), "too_many_requests");
  CAF_CHECK(is<submit_command>(call(as(knock(), "", "berta"))));
  for (int i = 0; i < 2; ++i) CAF_CHECK_EQUAL(code(call(knock())), "unauthorized");
  CAF_CHECK_EQUAL(code(call(knock())), "too_many_requests");
  for (int i = 0; i < 9; ++i) CAF_CHECK(is<health_check>(call("GET", "/healthz")));
}

CAF_TEST_FIXTURE_SCOPE_END()
