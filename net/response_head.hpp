// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <string>
#include <string_view>

#include <boost/asio/buffer.hpp>

#include "net/http_message.hpp"

namespace tidings::net {

/// What the request and the connection's state decide about a response.
struct response_framing {
  bool to_head = false; ///< The request was HEAD: the length of a body, but no body.
  bool to_http_1_0 = false;
  bool closes = false; ///< The connection ends with this response.
  bool stream = false; ///< The body has no length; the connection's end ends it.
};

/// A response on its way: its head as one text, and the body where it is. Not movable, since buffers point into it.
class outgoing_response {
public:
  /// @param response is_sendable().
  outgoing_response(http_response response, response_framing framing);
  outgoing_response(const outgoing_response&) = delete;
  outgoing_response& operator=(const outgoing_response&) = delete;

  /// What is still to be written.
  std::array<boost::asio::const_buffer, 2> buffers() const noexcept;
  /// So many more bytes are written.
  void written(size_t bytes) noexcept { written_ += bytes; }
  /// The whole of it, for who can't wait for a write.
  std::string text() const { return head_ + std::string{body_}; }

private:
  http_response response_; // owns the body
  std::string head_;
  std::string_view body_;
  size_t written_ = 0;
};

/// Whether every header value can be sent. A CR or LF in one would begin a header, or a response, of its own; Beast
/// does not look.
bool is_sendable(const http_response& response) noexcept;

/// What is sent in place of a response that is not sendable.
http_response unsendable_response();

} // namespace tidings::net
