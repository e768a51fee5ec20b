// SPDX-License-Identifier: MIT
#define CAF_SUITE gatekeeper
#include "actors/gatekeeper.hpp"

#include <memory>
#include <utility>

#include <caf/test/unit_test.hpp>

#include "tests/identity/signed_token.hpp"

using namespace tidings;

namespace {

/// A door that knows no keys yet, and whoever fetches them.
struct fixture {
  fixture() {
    door->renew_by([this](std::function<void()> then) {
      answer = std::move(then);
      return fetches;
    });
    request.headers = {{"authorization", "Bearer " + testing::sign(R"({"alg":"ES256","kid":"new"})", "{}")}};
  }

  bool wait() {
    return door->wait_for_keys(request, [held = held] { ++*held; });
  }

  std::shared_ptr<gatekeeper> door = std::make_shared<gatekeeper>(token_verifier{{"issuer", {"here"}, {signing_algorithm::es256}}, {}});
  net::http_request request;
  std::function<void()> answer; // what another thread has
  bool fetches = true;
  std::shared_ptr<int> held = std::make_shared<int>(0); // what whoever waits holds on to
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(gatekeeper_tests, fixture)

CAF_TEST(whoever waits for keys is told once) {
  CAF_REQUIRE(wait());
  CAF_CHECK_EQUAL(*held, 0);
  answer();
  answer();
  CAF_CHECK_EQUAL(*held, 1);
}

CAF_TEST(what whoever waits holds on to never leaves the door) {
  CAF_REQUIRE(wait());
  CAF_CHECK_EQUAL(held.use_count(), 2);
  auto elsewhere = answer;
  CAF_CHECK_EQUAL(held.use_count(), 2);
  answer();
  CAF_CHECK_EQUAL(held.use_count(), 1);
}

CAF_TEST(nothing is kept of whoever need not wait) {
  fetches = false;
  CAF_CHECK(!wait());
  CAF_CHECK_EQUAL(held.use_count(), 1);
}

CAF_TEST(an answer after the end finds nobody) {
  CAF_REQUIRE(wait());
  door->forget_waiting();
  CAF_CHECK_EQUAL(held.use_count(), 1);
  answer();
  CAF_REQUIRE(wait());
  door = nullptr;
  CAF_CHECK_EQUAL(held.use_count(), 1);
  answer();
  CAF_CHECK_EQUAL(*held, 0);
}

CAF_TEST_FIXTURE_SCOPE_END()
