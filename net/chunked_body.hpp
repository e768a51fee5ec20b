// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <caf/expected.hpp>

namespace tidings::net {

/// Decodes a chunked body (RFC 9112, 7.1) as its bytes arrive. Strict where servers differ: sizes are bare hexadecimal
/// digits, lines end with CR LF, an extension follows its size at once. Extensions and trailer fields are checked,
/// bounded over the whole body and discarded.
class chunked_body {
public:
  static constexpr size_t extension_bytes = 4 * 1024; ///< Of all chunks together.
  static constexpr size_t trailer_bytes = 4 * 1024;

  /// @param limit bytes of the decoded body. Above: errc::payload_too_large, when the chunk is announced.
  explicit chunked_body(size_t limit) : left_(limit) {}

  /// Decodes from `input` onto the end of `body`.
  /// @returns how many bytes of `input` belong to the body: all of them unless it is done.
  caf::expected<size_t> feed(std::string_view input, std::string& body);

  bool done() const noexcept { return state_ == state::done; }

private:
  enum class state : uint8_t {
    size_start,
    size,
    extension,
    size_lf,
    data,
    data_cr,
    data_lf,
    trailer_start,
    trailer_name,
    trailer_value,
    trailer_lf,
    last_lf,
    done,
  };

  caf::error step(char c);

  size_t left_;         // bytes the body may still grow by
  uint64_t chunk_ = 0;  // bytes of the current chunk still to come
  unsigned digits_ = 0; // of the current size
  size_t extensions_ = 0;
  size_t trailers_ = 0;
  state state_ = state::size_start;
};

} // namespace tidings::net
