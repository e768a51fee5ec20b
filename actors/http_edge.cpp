// SPDX-License-Identifier: MIT
#include "actors/http_edge.hpp"

#include <algorithm>

#include <boost/asio/ip/address_v4.hpp>

#include "envelopes/errc.hpp"
#include "net/http_syntax.hpp"

namespace tidings::http_edge {

namespace {

constexpr std::string_view cors_methods = "GET, HEAD, POST, PUT, PATCH, DELETE";
constexpr std::string_view cors_max_age = "600"; // seconds
constexpr std::string_view cors_request_headers =
  "Accept, After-Command, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, Prefer, "
  "Tidings-Delay-Ms, Tidings-Session, Tidings-TTL-Ms, traceparent";
constexpr std::string_view cors_response_headers =
  "ETag, Location, Preference-Applied, Retry-After, Server-Timing, Tidings-Stale, WWW-Authenticate";

bool contains(const std::vector<std::string>& list, std::string_view text) { return std::find(list.begin(), list.end(), text) != list.end(); }

bool is_allowed_origin(const net::http_request& request, const edge_rules& rules) {
  auto origin = request.header("origin");
  auto more_than_one = request.header_list("origin") != origin;
  return !origin.empty() && !more_than_one && contains(rules.origins, origin);
}

} // namespace

bool is_loopback_host(std::string_view host) {
  if (host == "localhost" || host == "[::1]") return true;
  boost::system::error_code ec;
  auto address = boost::asio::ip::make_address_v4(host, ec);
  return !ec && address.is_loopback();
}

caf::error check_host(const net::http_request& request, const edge_rules& rules) {
  // Probes ask by whatever address they have, and learn nothing that others may not know.
  if (rules.any_host || request.path == "/healthz" || request.path == "/readyz") return {};
  std::string host{request.header("host")};
  if (host.empty()) return {}; // HTTP/1.0, which no browser speaks
  std::transform(host.begin(), host.end(), host.begin(), net::lower);
  auto colon = host.rfind(':');
  auto name = colon == std::string::npos || host.ends_with(']') ? host : host.substr(0, colon);
  if (is_loopback_host(name) || contains(rules.hosts, name) || contains(rules.hosts, host)) return {};
  return make_error(errc::misdirected_request, "this name is not served here; the option --host adds it");
}

caf::error check_site(const net::http_request& request, const edge_rules& rules) {
  if (request.method == "GET" || request.method == "HEAD" || request.method == "OPTIONS") return {};
  // A site is any port and any name below a domain: pages of it are not all ours.
  auto from = request.header("sec-fetch-site");
  if ((from != "cross-site" && from != "same-site") || is_allowed_origin(request, rules)) return {};
  return make_error(errc::forbidden, "pages of this origin may not send requests here; the option --cors-origin adds it");
}

bool is_preflight(const net::http_request& request, const edge_rules& rules) {
  return request.method == "OPTIONS" && !request.header("access-control-request-method").empty() && is_allowed_origin(request, rules);
}

net::http_response preflight_answer() {
  net::http_response result;
  result.status = 204;
  result.headers.emplace_back("Access-Control-Allow-Methods", cors_methods);
  result.headers.emplace_back("Access-Control-Allow-Headers", cors_request_headers);
  result.headers.emplace_back("Access-Control-Max-Age", cors_max_age);
  return result;
}

headers cors(const net::http_request& request, const edge_rules& rules) {
  if (rules.origins.empty()) return {};
  // Also for others: a cache must not hand one origin's answer to another.
  headers result;
  result.emplace_back("Vary", "Origin");
  if (!is_allowed_origin(request, rules)) return result;
  result.emplace_back("Access-Control-Allow-Origin", request.header("origin"));
  result.emplace_back("Access-Control-Allow-Credentials", "true");
  result.emplace_back("Access-Control-Expose-Headers", cors_response_headers);
  return result;
}

} // namespace tidings::http_edge
