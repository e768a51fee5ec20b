// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string_view>

#include <caf/error.hpp>
#include <caf/expected.hpp>

#include "net/http_message.hpp"

namespace tidings::net {

struct head_limits {
  size_t head_bytes = 8 * 1024;    ///< Request line, fields and the empty line. Above: errc::head_too_large.
  size_t target_bytes = 4 * 1024;  ///< Above: errc::uri_too_long.
  size_t headers = 64;             ///< Above: errc::head_too_large.
  size_t body_bytes = 1024 * 1024; ///< A Content-Length above it: errc::payload_too_large.
};

/// A request head that says in exactly one way where its body ends.
struct checked_head {
  http_request request;         ///< All but the body.
  size_t content_length = 0;    ///< 0 also for a chunked body.
  bool chunked = false;         ///< The body is in chunks.
  bool expect_continue = false; ///< The client waits for 100 before it sends the body. Never from HTTP/1.0.
  bool http_1_0 = false;        ///< Keep-alive must be said explicitly.
};

/// Reads a request head line by line as its bytes arrive, by the strict half of RFC 9112: whatever two servers could
/// understand in two ways is an error (THREATS.md H4-H9). No I/O; Beast's parser is not used because it accepts
/// several of these.
class head_parser {
public:
  explicit head_parser(head_limits limits) : limits_(limits) {}

  /// Reads on. `bytes` begins where the head begins and holds everything that has arrived since.
  /// @returns the first error, at once when its line is complete; head() then has what came before it.
  caf::error parse(std::string_view bytes);

  bool done() const noexcept { return done_; }
  /// Bytes of the head, its empty line included, once it is done.
  size_t size() const noexcept { return next_line_; }
  checked_head& head() noexcept { return head_; }
  const checked_head& head() const noexcept { return head_; }
  /// Ready for the next head.
  void reset();

private:
  caf::error request_line(std::string_view line);
  caf::error field_line(std::string_view line);
  caf::error framing_field(std::string_view name, std::string_view value);
  caf::error finish();

  head_limits limits_;
  checked_head head_;
  size_t next_line_ = 0; // offset of the first byte not read yet
  bool started_ = false; // the request line is read
  bool done_ = false;
  bool skipped_empty_line_ = false;
  bool has_host_ = false;
  bool has_length_ = false;
  bool says_close_ = false;
  bool says_keep_alive_ = false;
  caf::error late_error_; // an error that must not hide a framing error further down
};

/// Reads a head that is there as a whole, up to and including its empty line.
caf::expected<checked_head> check_head(std::string_view raw, const head_limits& limits);

} // namespace tidings::net
