// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <caf/error.hpp>

#include "net/http_message.hpp"

namespace tidings {

/// Which hosts we answer for, and which sites may let their scripts read our answers.
struct edge_rules {
  bool any_host = true;             ///< Whatever the Host header says.
  std::vector<std::string> hosts;   ///< In lower case; "name" for any port, or "name:port". Loopback names always count.
  std::vector<std::string> origins; ///< Exactly as browsers send them, e.g. "https://app.example.org".
};

/// What browsers must be told, and kept from (THREATS.md A7-A9). Pure.
namespace http_edge {

using headers = std::vector<std::pair<std::string_view, std::string>>;

/// A page of somewhere else can make a browser take its own name for our address (DNS rebinding); the Host header
/// tells. @returns `errc::misdirected_request`.
caf::error check_host(const net::http_request& request, const edge_rules& rules);

/// A request that changes something and comes from a page of another site, which is not among the origins, is not meant
/// by the user whose cookies it carries. @returns `errc::forbidden`.
caf::error check_site(const net::http_request& request, const edge_rules& rules);

/// Whether a browser asks if a script of an allowed origin may send a request.
bool is_preflight(const net::http_request& request, const edge_rules& rules);
/// It may send what any path here could take.
net::http_response preflight_answer();

/// What every answer to the request carries for CORS. An origin that is not in the list is never echoed.
headers cors(const net::http_request& request, const edge_rules& rules);

/// Whether a Host (without port, in lower case) is this machine to itself.
bool is_loopback_host(std::string_view host);

} // namespace http_edge

} // namespace tidings
