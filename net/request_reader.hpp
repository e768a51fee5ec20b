// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <caf/error.hpp>

#include "net/chunked_body.hpp"
#include "net/http_head.hpp"
#include "net/read_buffer.hpp"

namespace tidings::net {

/// Puts one request together from bytes, without a socket and without a clock.
class request_reader {
public:
  /// How far the request has come.
  enum class progress : uint8_t { nothing, head, body, complete };

  explicit request_reader(head_limits limits) : limits_(limits), parser_(limits), chunks_(limits.body_bytes) {}

  /// Takes from `in` what belongs to this request, never a byte of the next one.
  caf::error advance(read_buffer& in);

  progress reached() const noexcept { return progress_; }
  /// Bytes of a body still to come, as far as that is known.
  size_t expected() const noexcept;
  /// Head and, once complete, body; after an error what came before it.
  checked_head& head() noexcept { return parser_.head(); }
  /// Ready for the next request.
  void reset();

private:
  caf::error read_body(read_buffer& in);

  head_limits limits_;
  head_parser parser_;
  chunked_body chunks_;
  progress progress_ = progress::nothing;
};

} // namespace tidings::net
