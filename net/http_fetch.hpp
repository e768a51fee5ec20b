// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

#include <boost/asio/io_context.hpp>

#include <caf/expected.hpp>

namespace tidings::net {

/// Where a document is.
struct fetch_url {
  bool tls = true;
  std::string host;
  std::string port;
  std::string target;
  std::string authority; ///< Host and port as written, for the Host header.
};

/// @returns errc::bad_configuration for what is not `http(s)://host[:port]/path`; users, passwords and fragments have no place in it.
caf::expected<fetch_url> parse_fetch_url(const std::string& text);

struct fetch_limits {
  std::chrono::seconds time{10};     ///< For all of it.
  size_t body_bytes = 1024 * 1024;
  std::string ca_file;               ///< Whom to trust; empty: the system's authorities.
};

/// GETs a document once: no redirects, no cookies, a certificate for the host's name. Answers on the io_context.
/// @param done Gets the body of a 200, or `errc::unavailable` with a sentence.
void fetch(boost::asio::io_context& io, fetch_url url, fetch_limits limits, std::function<void(caf::expected<std::string>)> done);

} // namespace tidings::net
