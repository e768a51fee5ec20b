// SPDX-License-Identifier: MIT
#include "net/http_head.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "envelopes/errc.hpp"
#include "net/http_syntax.hpp"
#include "net/http_target.hpp"

namespace tidings::net {

namespace {

constexpr char_class make_query_class() {
  char_class result{};
  for (unsigned c = 0x21; c < 0x7f; ++c)
    result[c] = c != '#';
  return result;
}

constexpr char_class query_chars = make_query_class();
constexpr char_class host_chars = make_class("-._~");
constexpr char_class ip_literal_chars = make_class(":.");

caf::error malformed(const char* why) { return make_error(errc::malformed_request, why); }

/// host [":" port] without userinfo (RFC 9110, 7.2); an empty host names nothing here.
bool is_host(std::string_view value) {
  std::string_view port;
  if (value.starts_with('[')) {
    auto end = value.find(']');
    if (end == std::string_view::npos || end < 3 || !all_in(ip_literal_chars, value.substr(1, end - 1))) return false;
    port = value.substr(end + 1);
  } else {
    auto end = std::min(value.find(':'), value.size());
    if (end == 0 || !all_in(host_chars, value.substr(0, end))) return false;
    port = value.substr(end);
  }
  if (port.empty()) return true;
  if (port.front() != ':' || port.size() > 6) return false;
  return port.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

caf::error check_version(std::string_view version) {
  if (version.size() != 8 || !version.starts_with("HTTP/") || !is_digit(version[5]) || version[6] != '.' ||
      !is_digit(version[7]))
    return malformed("The request line must end with the HTTP version.");
  if (version != "HTTP/1.1" && version != "HTTP/1.0")
    return make_error(errc::version_not_supported, "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
  return {};
}

caf::error check_request_line(std::string_view line, const head_limits& limits, checked_head& head) {
  auto first = line.find(' ');
  auto second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (second == std::string_view::npos) return malformed("The request line must be method, target and version.");
  auto method = line.substr(0, first);
  auto target = line.substr(first + 1, second - first - 1);
  auto version = line.substr(second + 1);
  if (!is_http_token(method)) return malformed("The method is not a token.");
  head.to_head = method == "HEAD";
  if (auto err = check_version(version)) return err;
  head.http_1_0 = version == "HTTP/1.0";
  if (target.size() > limits.target_bytes) return make_error(errc::uri_too_long, "The request target is too long.");
  if (target == "*" && method == "OPTIONS") {
    head.path = target;
    return {};
  }
  auto query = std::min(target.find('?'), target.size());
  auto path = normalise_path(target.substr(0, query));
  if (!path) return std::move(path.error());
  head.path = std::move(*path);
  if (!all_in(query_chars, target.substr(query)))
    return malformed("The query has a character that must be percent-encoded.");
  return {};
}

/// The fields that decide where the body ends, and Host.
struct framing_fields {
  size_t count = 0; // of all fields
  bool host = false;
  bool length = false;
  bool chunked = false;
};

caf::error check_field(std::string_view line, framing_fields& seen) {
  auto colon = line.find(':');
  // Also refuses a space before the colon and a folded line, which starts with one.
  if (colon == std::string_view::npos || !is_http_token(line.substr(0, colon)))
    return malformed("A header must be a name, a colon and a value.");
  auto name = line.substr(0, colon);
  auto value = trimmed(line.substr(colon + 1));
  if (!all_in(value_chars, value)) return malformed("A header value has a control character.");
  if (equals_lower(name, "host")) {
    if (std::exchange(seen.host, true)) return malformed("The request has more than one Host.");
    if (!is_host(value)) return malformed("The Host header is not a host with an optional port.");
  } else if (equals_lower(name, "content-length")) {
    // Beast also takes a list, or repetitions, of the same number.
    if (std::exchange(seen.length, true)) return malformed("The request has more than one Content-Length.");
    if (value.empty() || !std::all_of(value.begin(), value.end(), is_digit))
      return malformed("The Content-Length is not a number of bytes.");
  } else if (equals_lower(name, "transfer-encoding")) {
    if (std::exchange(seen.chunked, true) || !equals_lower(value, "chunked"))
      return malformed("The only Transfer-Encoding understood is chunked, once.");
  }
  return {};
}

caf::error check_framing(const framing_fields& seen, bool http_1_0) {
  if (!seen.host && !http_1_0) return malformed("The request has no Host.");
  if (seen.chunked && seen.length) return malformed("The request has both Content-Length and Transfer-Encoding.");
  if (seen.chunked && http_1_0) return malformed("HTTP/1.0 has no Transfer-Encoding.");
  return {};
}

} // namespace

caf::error check_head(std::string_view bytes, const head_limits& limits, checked_head& head) {
  head = {};
  framing_fields seen;
  bool started = false; // the request line is read
  for (size_t at = 0;;) {
    auto end = bytes.find('\n', at);
    auto missing = end == std::string_view::npos;
    // Without a line end the head is at least one byte longer than what is here.
    if ((missing ? bytes.size() : end) >= limits.head_bytes) {
      if (!started) return make_error(errc::uri_too_long, "The request line is too long.");
      return make_error(errc::head_too_large, "The request head is too large.");
    }
    if (missing) return {};
    auto line = bytes.substr(at, end - at);
    if (!line.ends_with('\r')) return malformed("A line of the request head must end with CR LF.");
    line.remove_suffix(1);
    at = end + 1;
    if (!started) {
      // RFC 9112, 2.2: one empty line before the request line is an old client's slip.
      if (line.empty() && head.begin == 0) {
        head.begin = at;
        continue;
      }
      if (auto err = check_request_line(line, limits, head)) return err;
      started = true;
    } else if (line.empty()) {
      head.end = at;
      return check_framing(seen, head.http_1_0);
    } else {
      if (++seen.count > limits.headers) return make_error(errc::head_too_large, "The request has too many headers.");
      if (auto err = check_field(line, seen)) return err;
    }
  }
}

caf::error check_chunk_lines(std::string_view bytes, bool first, size_t extensions_left) {
  constexpr std::string_view line_end = "\r\n";
  if (!first) {
    if (!line_end.starts_with(bytes.substr(0, 2))) return malformed("A chunk must end with CR LF, after its size.");
    bytes.remove_prefix(std::min<size_t>(2, bytes.size()));
  }
  auto at = std::min(bytes.find_first_not_of("0123456789abcdefABCDEF"), bytes.size());
  // 16 digits fill 64 bits; more, even zeros, have no use.
  if (at > 16) return malformed("A chunk size is too long.");
  if (at == bytes.size()) return {};
  if (at == 0 || (bytes[at] != ';' && bytes[at] != '\r')) return malformed("A chunk size is not hexadecimal.");
  auto is_last = bytes.find_first_not_of('0') == at;
  auto is_end = [](char c) { return !is_in(value_chars, c); };
  for (size_t trailer = 0;;) { // where the trailer begins; 0 in the line of the size
    auto end = static_cast<size_t>(std::find_if(bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.end(), is_end) -
                                   bytes.begin());
    if (trailer == 0 && end - at > extensions_left) return malformed("The chunk extensions are too long.");
    if (trailer > 0 && end - trailer > trailer_bytes)
      return make_error(errc::head_too_large, "The trailer fields are too long.");
    if (!line_end.starts_with(bytes.substr(end, 2))) return malformed("A line between chunks must end with CR LF.");
    if (!is_last || (trailer > 0 && end == at) || end + 2 >= bytes.size()) return {};
    at = end + 2;
    if (trailer == 0) trailer = at;
    if (bytes[at] == ' ' || bytes[at] == '\t') return malformed("A trailer field must not be folded.");
  }
}

} // namespace tidings::net
