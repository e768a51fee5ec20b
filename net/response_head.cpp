// SPDX-License-Identifier: MIT
#include "net/response_head.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <ctime>

namespace tidings::net {

namespace {

std::string_view reason_of(uint16_t status) noexcept {
  switch (status) {
  case 200: return "OK";
  case 201: return "Created";
  case 202: return "Accepted";
  case 204: return "No Content";
  case 303: return "See Other";
  case 304: return "Not Modified";
  case 307: return "Temporary Redirect";
  case 308: return "Permanent Redirect";
  case 400: return "Bad Request";
  case 401: return "Unauthorized";
  case 403: return "Forbidden";
  case 404: return "Not Found";
  case 405: return "Method Not Allowed";
  case 406: return "Not Acceptable";
  case 408: return "Request Timeout";
  case 409: return "Conflict";
  case 412: return "Precondition Failed";
  case 413: return "Content Too Large";
  case 414: return "URI Too Long";
  case 415: return "Unsupported Media Type";
  case 417: return "Expectation Failed";
  case 421: return "Misdirected Request";
  case 422: return "Unprocessable Content";
  case 428: return "Precondition Required";
  case 429: return "Too Many Requests";
  case 431: return "Request Header Fields Too Large";
  case 500: return "Internal Server Error";
  case 501: return "Not Implemented";
  case 502: return "Bad Gateway";
  case 503: return "Service Unavailable";
  case 504: return "Gateway Timeout";
  case 505: return "HTTP Version Not Supported";
  default: return ""; // RFC 9112, 4: the phrase may be empty, its space may not.
  }
}

/// "Date: ...\r\n" of this second, rendered once a second. By hand: strftime follows the process's locale.
std::string_view date_field() {
  static thread_local std::time_t rendered = -1;
  static thread_local std::array<char, 64> text;
  static thread_local size_t length = 0;
  if (auto now = std::time(nullptr); now != rendered) {
    constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm utc{};
    gmtime_r(&now, &utc);
    auto n = std::snprintf(text.data(), text.size(), "Date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n",
                           days[static_cast<size_t>(utc.tm_wday)], utc.tm_mday, months[static_cast<size_t>(utc.tm_mon)],
                           utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
    length = static_cast<size_t>(n);
    rendered = now;
  }
  return {text.data(), length};
}

void append_number(std::string& out, size_t number) {
  std::array<char, 20> digits;
  auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

bool is_clean(std::string_view value) noexcept {
  return value.find_first_of(std::string_view{"\r\n\0", 3}) == std::string_view::npos;
}

} // namespace

bool is_sendable(const http_response& response) noexcept {
  return is_clean(response.content_type) && std::all_of(response.headers.begin(), response.headers.end(), [](auto& h) {
           return is_clean(h.first) && is_clean(h.second);
         });
}

http_response unsendable_response() {
  http_response result;
  result.status = 500;
  result.content_type = "application/problem+json";
  result.body = R"({"type":"about:blank","title":"Internal error","status":500,"code":"internal"})";
  return result;
}

std::string_view render_head(std::string& out, const http_response& response, response_framing framing) {
  std::string_view body = response.shared_body ? *response.shared_body : response.body;
  // RFC 9110, 8.6: no Content-Length on 204, and none on 304 that a 200 would not have had.
  auto bodiless = response.status == 204 || response.status == 304;
  out.append("HTTP/1.1 ");
  append_number(out, response.status);
  out.append(" ").append(reason_of(response.status)).append("\r\n").append(date_field());
  for (auto& [name, value] : response.headers)
    append_field(out, name, value);
  if (!response.content_type.empty() && !bodiless) append_field(out, "Content-Type", response.content_type);
  if (!bodiless && !framing.stream) {
    out.append("Content-Length: ");
    append_number(out, body.size());
    out.append("\r\n");
  }
  if (framing.closes)
    append_field(out, "Connection", "close");
  else if (framing.to_http_1_0)
    append_field(out, "Connection", "keep-alive");
  out.append("\r\n");
  return bodiless || framing.to_head ? std::string_view{} : body;
}

} // namespace tidings::net
