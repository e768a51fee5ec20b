// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tidings::net {

/// A request whose framing was checked; everything in it is still outside text.
struct http_request {
  std::string method; ///< As sent; a token of RFC 9110.
  std::string target; ///< Origin form as sent, e.g. "/queries/GetLocation?id=1".
  std::string path;   ///< Before "?"; normalised once (percent-decoded unreserved, no dot segments).
  std::string query;  ///< After "?", raw.
  std::vector<std::pair<std::string, std::string>> headers; ///< Names in lower case, values trimmed.
  std::string body;
  bool keep_alive = true;
  std::string peer; ///< Who sent it (peer_name); empty until the connection's owner fills it in.

  /// The first value of header `name` (lower case); empty if there is none.
  std::string_view header(std::string_view name) const noexcept;
  /// All values joined with ", " (RFC 9110 5.2).
  std::string header_list(std::string_view name) const;
};

struct http_response {
  uint16_t status = 200;
  std::vector<std::pair<std::string_view, std::string>> headers; ///< Names are literals of ours; values are checked for CR, LF and NUL.
  std::string_view content_type;                                 ///< Empty: no body.
  std::string body;
  std::shared_ptr<const std::string> shared_body;                ///< Used instead of `body` when set.
};

/// The `application/x-www-form-urlencoded` pairs of a query string, decoded; a bad escape is kept as written.
std::vector<std::pair<std::string, std::string>> parse_query_string(std::string_view query);

} // namespace tidings::net
