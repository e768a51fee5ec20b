// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <caf/error.hpp>

namespace tidings::net {

struct head_limits {
  size_t head_bytes = 8 * 1024;    ///< Request line, fields and the empty line. Above: errc::head_too_large.
  size_t target_bytes = 4 * 1024;  ///< Above: errc::uri_too_long.
  size_t headers = 64;             ///< Above: errc::head_too_large.
  size_t body_bytes = 1024 * 1024; ///< Of a body by length or in chunks. Above: errc::payload_too_large.
};

/// What the check of a head found on its way; all else is Beast's to read.
struct checked_head {
  size_t begin = 0;      ///< Bytes of an empty line before the head.
  size_t end = 0;        ///< Bytes up to and including its last empty line; 0 while that has not arrived.
  std::string path;      ///< Of the target; normalised. Known before an error further down, for its answer.
  bool to_head = false;  ///< The method is HEAD: no answer has a body, not even a refusal.
  bool http_1_0 = false; ///< Keep-alive must be said explicitly.
};

/// Checks a request head by the strict half of RFC 9112, as far as it has arrived: whatever two servers could
/// understand in two ways is an error (THREATS.md H4-H9). Beast reads the head afterwards; alone it would take several
/// of these, and frame some bodies in a way that lets the rest of them pass as a request.
/// @returns the first error, at once when its line is complete.
caf::error check_head(std::string_view bytes, const head_limits& limits, checked_head& head);

constexpr size_t chunk_extension_bytes = 4 * 1024; ///< Of all chunks of a body together, from the ";" on.
constexpr size_t trailer_bytes = 4 * 1024;         ///< With its line ends. Above: errc::head_too_large.

/// Checks what stands between the data of two chunks, or after the last, as far as it has arrived (RFC 9112, 7.1).
/// Beast also takes white space around a size, sizes of any number of zeros and folded trailer fields, has no bound on
/// extensions and trailer, and waits for more where a line has already ended wrongly.
/// @param first no chunk came before, whose data would end with CR LF.
/// @param extensions_left what the body may still spend on extensions.
caf::error check_chunk_lines(std::string_view bytes, bool first, size_t extensions_left);

} // namespace tidings::net
