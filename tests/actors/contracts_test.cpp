// SPDX-License-Identifier: MIT
#define CAF_SUITE contracts

#include <regex>
#include <set>

#include "actors/headers.hpp"
#include "contracts/asyncapi.hpp"
#include "contracts/openapi.hpp"
#include "tests/actors/fakes/router_fixture.hpp"

#include <caf/test/unit_test.hpp>

using namespace tidings;

namespace {

struct fixture : router_fixture {
  contract_settings about{"1.2.3", settings.default_wait, settings.max_wait, false};
  json http = openapi(*settings.models, about);

  fixture() {
    for (auto path : {"/", "/openapi.json", "/asyncapi.json", "/assets/x"})
      settings.assets[path] = {"text/plain", std::make_shared<const std::string>("x"), "1"};
  }

  static std::string concrete(const std::string& path) { return std::regex_replace(path, std::regex{R"(\{[^}]+\})"}, "x"); }

  /// What the document says that a concrete path takes; it may fit several.
  std::set<std::string> documented(const std::string& target) const {
    std::set<std::string> result;
    for (auto& [path, item] : http["paths"].items()) {
      auto pattern = std::regex_replace(std::regex_replace(path, std::regex{R"([.])"}, R"(\.)"), std::regex{R"(\{[^}]+\})"}, "[^/]+");
      if (!std::regex_match(target, std::regex{pattern})) continue;
      for (auto& [method, operation] : item.items()) {
        if (method == "parameters") continue;
        std::string upper;
        for (auto c : method) upper += static_cast<char>(std::toupper(c));
        result.insert(upper);
        if (upper == "GET" && !target.ends_with("/events")) result.insert("HEAD");
      }
    }
    result.insert("OPTIONS");
    return result;
  }
};

std::set<std::string> words(const std::string& list) {
  std::set<std::string> result;
  std::regex word{"[A-Z]+"};
  for (auto i = std::sregex_iterator{list.begin(), list.end(), word}; i != std::sregex_iterator{}; ++i) result.insert(i->str());
  return result;
}

} // namespace

CAF_TEST_FIXTURE_SCOPE(contracts_tests, fixture)

CAF_TEST(the router takes exactly the methods that the document lists) {
  for (auto& [path, item] : http["paths"].items()) {
    auto target = concrete(path);
    auto allow = as<options_check>(call("OPTIONS", target)).allow;
    CAF_MESSAGE(path << " takes " << allow);
    CAF_CHECK(words(allow) == documented(target));
  }
}

CAF_TEST(every documented operation leads somewhere) {
  for (auto& [path, item] : http["paths"].items())
    for (auto& [method, operation] : item.items()) {
      if (method == "parameters") continue;
      std::string upper;
      for (auto c : method) upper += static_cast<char>(std::toupper(c));
      auto found = call(upper == "GET" ? request(upper, concrete(path)) : with_json(upper, concrete(path), "{}"));
      CAF_MESSAGE(upper << " " << path);
      CAF_CHECK(!std::holds_alternative<method_refused>(found.what));
      auto* error = std::get_if<caf::error>(&found.what);
      // Without a session /events is refused, and that is documented.
      CAF_CHECK(error == nullptr || (path == "/events" && code_of(*error) == errc::unauthorized));
    }
}

CAF_TEST(the headers of messages are those that the actors set) {
  auto schemas = asyncapi(*settings.models, about)["components"]["schemas"];
  auto told = [&](const char* name) {
    std::set<std::string> result;
    for (auto& [header, schema] : schemas.at(name)["properties"].items()) result.insert(header);
    return result;
  };
  using names = std::set<std::string>;
  namespace c = command_headers;
  names stored{c::msg_id, c::owner, c::key, c::digest, c::traceparent, c::expected_revision, c::expires, c::delay, c::retry};
  CAF_CHECK(told("headers.stored") == stored);
  namespace n = notification_headers;
  names outcome_names{n::status, n::code, n::digest, n::traceparent, n::timing, n::retry, n::expected};
  CAF_CHECK(told("headers.outcome") == outcome_names);
  namespace e = entry_headers;
  names entry{e::command_id, e::position, e::expected, e::operation, e::traceparent};
  CAF_CHECK(told("headers.entry") == entry);
  namespace d = dead_letter_headers;
  names dead{d::reason, d::attempts, d::subject, d::sequence, d::time, c::retry};
  dead.insert(std::begin(c::kept), std::end(c::kept));
  CAF_CHECK(told("headers.dead-letter") == dead);
}

CAF_TEST_FIXTURE_SCOPE_END()
