// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/span_body.hpp>

#include "net/http_message.hpp"

namespace tidings::net {

/// What the request and the connection's state decide about a response.
struct response_framing {
  bool to_head = false; ///< The request was HEAD: the length of a body, but no body.
  bool to_http_1_0 = false;
  bool closes = false; ///< The connection ends with this response.
  bool stream = false; ///< The body has no length; the connection's end ends it.
};

/// A response on its way, for Beast to serialise. The body is never copied: not movable, since Beast points into it.
class outgoing_response {
public:
  using body = boost::beast::http::span_body<const char>;

  /// @param response is_sendable().
  outgoing_response(http_response response, response_framing framing);
  outgoing_response(const outgoing_response&) = delete;
  outgoing_response& operator=(const outgoing_response&) = delete;

  boost::beast::http::response_serializer<body>& serializer() noexcept { return serializer_; }
  /// The whole of it, for who can't wait for a write.
  std::string text();

private:
  http_response response_; // owns the body
  boost::beast::http::response<body> message_;
  boost::beast::http::response_serializer<body> serializer_{message_};
};

/// Whether every header value can be sent. A CR or LF in one would begin a header, or a response, of its own; Beast
/// does not look.
bool is_sendable(const http_response& response) noexcept;

/// What is sent in place of a response that is not sendable.
http_response unsendable_response();

} // namespace tidings::net
