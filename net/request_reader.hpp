// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <caf/error.hpp>

#include "net/http_head.hpp"
#include "net/http_message.hpp"

namespace tidings::net {

/// Puts one request together from bytes, without a socket and without a clock: our checks first, then Beast's parser.
class request_reader {
public:
  /// How far the request has come.
  enum class progress : uint8_t { nothing, head, body, complete };

  explicit request_reader(head_limits limits);
  request_reader(const request_reader&) = delete; // its parser calls back into it
  request_reader& operator=(const request_reader&) = delete;

  /// Takes from `in` what belongs to this request, never a byte of the next one.
  caf::error advance(boost::beast::flat_buffer& in);

  progress reached() const noexcept { return progress_; }
  /// Bytes of a body still to come, as far as that is known.
  size_t expected() const;
  /// The client waits for 100 before it sends the body. Never from HTTP/1.0.
  bool waits_for_continue() const;
  /// What the checks found; after an error what came before it.
  checked_head& head() noexcept { return head_; }
  /// Whole once the progress is complete.
  http_request& request() noexcept { return request_; }
  /// Ready for the next request.
  void reset();

private:
  using parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

  caf::error read_head(boost::beast::flat_buffer& in);
  /// Takes over what Beast made of the head and decides what Beast leaves open.
  caf::error take_head();
  caf::error read_body(boost::beast::flat_buffer& in);

  head_limits limits_;
  checked_head head_;
  http_request request_;
  std::optional<parser> parser_; ///< Beast's parsers are for one message each.
  std::function<void(uint64_t, boost::beast::string_view, boost::beast::error_code&)> on_chunk_;
  uint64_t chunk_left_ = 0; ///< Bytes of the present chunk still to come.
  size_t extensions_left_ = chunk_extension_bytes;
  size_t checked_ = 0; ///< Bytes of an unfinished head that were looked at.
  progress progress_ = progress::nothing;
  bool first_chunk_ = true;
  bool expect_continue_ = false;
};

} // namespace tidings::net
