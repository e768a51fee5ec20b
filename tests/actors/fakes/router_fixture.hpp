// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "actors/http_router.hpp"
#include "tests/actors/fakes/models.hpp"

namespace tidings {

/// Routes requests over the sample models; waits are capped at 30 s.
struct router_fixture {
  http_settings settings;

  router_fixture() {
    settings.models = sample_catalog();
    settings.default_wait = std::chrono::milliseconds{1500};
  }

  static net::http_request request(const std::string& method, const std::string& target) {
    net::http_request x;
    x.method = method;
    x.target = target;
    auto question = target.find('?');
    x.path = target.substr(0, question);
    if (question != std::string::npos) x.query = target.substr(question + 1);
    return x;
  }

  static net::http_request with_json(const std::string& method, const std::string& target, const std::string& body) {
    auto x = request(method, target);
    x.headers.emplace_back("content-type", "application/json");
    x.body = body;
    return x;
  }

  http_call call(net::http_request x) const { return route(x, settings); }

  http_call call(const std::string& method, const std::string& target) const { return call(request(method, target)); }

  /// A command with one more header.
  http_call command_with(const std::string& header, const std::string& value) const {
    auto x = with_json("POST", "/commands/WriteNote", R"({"text":"hello"})");
    x.headers.emplace_back(header, value);
    return call(std::move(x));
  }

  template <class T>
  static T as(const http_call& x) {
    auto* result = std::get_if<T>(&x.what);
    if (result != nullptr) return *result;
    throw std::runtime_error{"the request was routed to something else: " + code(x)};
  }

  template <class T>
  static bool is(const http_call& x) {
    return std::holds_alternative<T>(x.what);
  }

  /// The error's stable code; empty if it is none.
  static std::string code(const http_call& x) {
    auto* error = std::get_if<caf::error>(&x.what);
    return error == nullptr ? std::string{} : std::string{to_string(code_of(*error))};
  }

  static failure why(const http_call& x) { return failure_of(std::get<caf::error>(x.what)); }
};

} // namespace tidings
