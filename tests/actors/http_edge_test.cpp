// SPDX-License-Identifier: MIT
#define CAF_SUITE http_edge

#include "actors/http_edge.hpp"
#include "envelopes/errc.hpp"

#include <caf/test/unit_test.hpp>

using namespace tidings;

namespace {

struct fixture {
  edge_rules rules{false, {"example.org", "other.example:8443"}, {"https://app.example"}};

  static net::http_request request(std::vector<std::pair<std::string, std::string>> headers, std::string method = "POST") {
    net::http_request x;
    x.method = std::move(method);
    x.path = "/locations";
    x.headers = std::move(headers);
    return x;
  }
  bool serves(const std::string& host) const { return !http_edge::check_host(request({{"host", host}}), rules); }
  std::string allowed(const std::string& origin) const {
    for (auto& [name, value] : http_edge::cors(request({{"origin", origin}}), rules))
      if (name == "Access-Control-Allow-Origin") return value;
    return {};
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(http_edge_tests, fixture)

CAF_TEST(loopback names and the configured ones are served) {
  for (auto host : {"localhost", "LOCALHOST:80", "127.0.0.1:8080", "127.9.9.9", "[::1]", "[::1]:8080", "example.org", "Example.ORG:1234", "other.example:8443"})
    CAF_CHECK(serves(host));
  for (auto host : {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "example.org.evil.example", "evil-example.org", "other.example",
                    "other.example:8444", "[::2]", "10.0.0.1", "0.0.0.0", "128.0.0.1"})
    CAF_CHECK(!serves(host));
}

CAF_TEST(another host is misdirected except for probes) {
  CAF_CHECK(code_of(http_edge::check_host(request({{"host", "evil"}}), rules)) == errc::misdirected_request);
  auto probe = request({{"host", "evil"}});
  probe.path = "/healthz";
  CAF_CHECK(!http_edge::check_host(probe, rules));
  CAF_CHECK(!http_edge::check_host(request({}), rules));
  rules.any_host = true;
  CAF_CHECK(serves("evil.example"));
}

CAF_TEST(only the listed origin is allowed and never an echo) {
  CAF_CHECK_EQUAL(allowed("https://app.example"), "https://app.example");
  for (auto origin : {"null", "*", "http://app.example", "https://app.example:443", "https://app.example.evil", "https://evilapp.example", "https://APP.example",
                      "https://app.example/", "", "https://app.example, https://evil.example"})
    CAF_CHECK_EQUAL(allowed(origin), "");
  CAF_CHECK_EQUAL(http_edge::cors(request({{"origin", "https://app.example"}, {"origin", "https://evil.example"}}), rules).size(), 1u);
  auto others = http_edge::cors(request({{"origin", "https://evil.example"}}), rules);
  CAF_REQUIRE_EQUAL(others.size(), 1u);
  CAF_CHECK_EQUAL(others[0].first, "Vary");
  rules.origins.clear();
  CAF_CHECK(http_edge::cors(request({{"origin", "https://app.example"}}), rules).empty());
}

CAF_TEST(a preflight is one with a method of an allowed origin) {
  auto ask = [&](const std::string& origin, const std::string& method) {
    return http_edge::is_preflight(request({{"origin", origin}, {"access-control-request-method", "POST"}}, method), rules);
  };
  CAF_CHECK(ask("https://app.example", "OPTIONS"));
  CAF_CHECK(!ask("https://app.example", "POST"));
  CAF_CHECK(!ask("https://evil.example", "OPTIONS"));
  CAF_CHECK(!http_edge::is_preflight(request({{"origin", "https://app.example"}}, "OPTIONS"), rules));
}

CAF_TEST(pages of other origins change nothing) {
  auto refused = [&](const std::string& site, const std::string& origin, const std::string& method) {
    return static_cast<bool>(http_edge::check_site(request({{"sec-fetch-site", site}, {"origin", origin}}, method), rules));
  };
  CAF_CHECK(refused("cross-site", "https://evil.example", "POST"));
  CAF_CHECK(refused("cross-site", "null", "DELETE"));
  CAF_CHECK(refused("same-site", "https://evil.here.example", "POST"));
  CAF_CHECK(!refused("same-site", "https://app.example", "POST"));
  CAF_CHECK(!refused("cross-site", "https://app.example", "POST"));
  CAF_CHECK(!refused("cross-site", "https://evil.example", "GET"));
  CAF_CHECK(!refused("same-origin", "https://here.example", "POST"));
  CAF_CHECK(!refused("none", "", "POST"));
  CAF_CHECK(!http_edge::check_site(request({}), rules));
}

CAF_TEST_FIXTURE_SCOPE_END()
