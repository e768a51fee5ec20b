// SPDX-License-Identifier: MIT
#include "net/http_head.hpp"

#include <algorithm>
#include <charconv>

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

} // namespace

void head_parser::reset() { *this = head_parser{limits_}; }

caf::error head_parser::parse(std::string_view bytes) {
  while (!done_) {
    auto end = bytes.find('\n', next_line_);
    auto missing = end == std::string_view::npos;
    // Without a line end the head is at least one byte longer than what is here.
    if ((missing ? bytes.size() : end) >= limits_.head_bytes) {
      if (!started_) return make_error(errc::uri_too_long, "The request line is too long.");
      return make_error(errc::head_too_large, "The request head is too large.");
    }
    if (missing) return {};
    auto line = bytes.substr(next_line_, end - next_line_);
    if (!line.ends_with('\r')) return malformed("A line of the request head must end with CR LF.");
    line.remove_suffix(1);
    next_line_ = end + 1;
    if (!started_) {
      // RFC 9112, 2.2: one empty line before the request line is an old client's slip.
      if (line.empty() && !skipped_empty_line_) {
        skipped_empty_line_ = true;
        continue;
      }
      if (auto err = request_line(line)) return err;
      started_ = true;
    } else if (!line.empty()) {
      if (auto err = field_line(line)) return err;
    } else {
      if (auto err = finish()) return err;
      done_ = true;
    }
  }
  return {};
}

caf::error head_parser::request_line(std::string_view line) {
  auto& request = head_.request;
  auto first = line.find(' ');
  auto second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (second == std::string_view::npos) return malformed("The request line must be method, target and version.");
  auto method = line.substr(0, first);
  auto target = line.substr(first + 1, second - first - 1);
  auto version = line.substr(second + 1);
  if (!is_http_token(method)) return malformed("The method is not a token.");
  request.method = method;
  if (auto err = check_version(version)) return err;
  head_.http_1_0 = version == "HTTP/1.0";
  if (target.size() > limits_.target_bytes) return make_error(errc::uri_too_long, "The request target is too long.");
  request.target = target;
  if (target == "*" && method == "OPTIONS") {
    request.path = target;
    return {};
  }
  auto path_end = std::min(target.find('?'), target.size());
  auto path = normalise_path(target.substr(0, path_end));
  if (!path) return std::move(path.error());
  request.path = std::move(*path);
  if (path_end < target.size()) request.query = target.substr(path_end + 1);
  if (!all_in(query_chars, request.query)) return malformed("The query has a character that must be percent-encoded.");
  return {};
}

caf::error head_parser::field_line(std::string_view line) {
  auto& headers = head_.request.headers;
  if (headers.size() >= limits_.headers) return make_error(errc::head_too_large, "The request has too many headers.");
  auto colon = line.find(':');
  // Also refuses a space before the colon and a folded line, which starts with one.
  if (colon == std::string_view::npos || !is_http_token(line.substr(0, colon)))
    return malformed("A header must be a name, a colon and a value.");
  auto value = trimmed(line.substr(colon + 1));
  if (!all_in(value_chars, value)) return malformed("A header value has a control character.");
  if (headers.empty()) headers.reserve(12);
  auto& [name, stored] = headers.emplace_back(line.substr(0, colon), value);
  for (auto& c : name)
    c = lower(c);
  return framing_field(name, stored);
}

caf::error head_parser::framing_field(std::string_view name, std::string_view value) {
  auto later = [this](errc code, const char* why) {
    if (!late_error_) late_error_ = make_error(code, why);
  };
  if (name == "host") {
    if (has_host_) return malformed("The request has more than one Host.");
    if (!is_host(value)) return malformed("The Host header is not a host with an optional port.");
    has_host_ = true;
  } else if (name == "content-length") {
    if (has_length_) return malformed("The request has more than one Content-Length.");
    has_length_ = true;
    auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), head_.content_length);
    if (failed != std::errc{} || end != value.data() + value.size())
      return malformed("The Content-Length is not a number of bytes.");
    if (head_.content_length > limits_.body_bytes) later(errc::payload_too_large, "The body is too large.");
  } else if (name == "transfer-encoding") {
    if (head_.chunked || !equals_lower(value, "chunked"))
      return malformed("The only Transfer-Encoding understood is chunked, once.");
    head_.chunked = true;
  } else if (name == "expect") {
    if (equals_lower(value, "100-continue"))
      head_.expect_continue = !head_.http_1_0;
    else
      later(errc::expectation_failed, "The only expectation that can be met is 100-continue.");
  } else if (name == "content-encoding") {
    if (!equals_lower(value, "identity"))
      later(errc::unsupported_media_type, "The body must be sent without a content coding.");
  } else if (name == "connection") {
    while (!value.empty()) {
      auto option = next_element(value, ',');
      says_close_ |= equals_lower(option, "close");
      says_keep_alive_ |= equals_lower(option, "keep-alive");
    }
  }
  return {};
}

caf::error head_parser::finish() {
  if (!has_host_ && !head_.http_1_0) return malformed("The request has no Host.");
  if (head_.chunked && has_length_) return malformed("The request has both Content-Length and Transfer-Encoding.");
  if (head_.chunked && head_.http_1_0) return malformed("HTTP/1.0 has no Transfer-Encoding.");
  head_.request.keep_alive = !says_close_ && (!head_.http_1_0 || says_keep_alive_);
  return std::move(late_error_);
}

caf::expected<checked_head> check_head(std::string_view raw, const head_limits& limits) {
  head_parser parser{limits};
  if (auto err = parser.parse(raw)) return err;
  if (!parser.done()) return malformed("The request head has no end.");
  return std::move(parser.head());
}

} // namespace tidings::net
