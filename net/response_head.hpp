// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "net/http_message.hpp"

namespace tidings::net {

/// What the request and the connection's state decide about a response.
struct response_framing {
  bool to_head = false; ///< The request was HEAD: the length of a body, but no body.
  bool to_http_1_0 = false;
  bool closes = false; ///< The connection ends with this response.
  bool stream = false; ///< The body has no length; the connection's end ends it.
};

/// Whether every header value can be sent. A CR or LF in one would begin a header, or a response, of its own.
bool is_sendable(const http_response& response) noexcept;

/// What is sent in place of a response that is not sendable.
http_response unsendable_response();

/// Writes status line and fields, the empty line included, onto the end of `out`.
/// @returns the body to send after it; a view into `response`.
std::string_view render_head(std::string& out, const http_response& response, response_framing framing);

} // namespace tidings::net
