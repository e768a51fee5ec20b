// SPDX-License-Identifier: MIT
#include "net/response_head.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <utility>

#include <boost/beast/http/status.hpp>

namespace tidings::net {

namespace http = boost::beast::http;

namespace {

/// The Date of this second, rendered once a second. By hand: strftime follows the process's locale.
std::string_view date_value() {
  static thread_local std::time_t rendered = -1;
  static thread_local std::array<char, 64> text;
  static thread_local size_t length = 0;
  if (auto now = std::time(nullptr); now != rendered) {
    constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm utc{};
    gmtime_r(&now, &utc);
    auto n = std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                           days[static_cast<size_t>(utc.tm_wday)], utc.tm_mday, months[static_cast<size_t>(utc.tm_mon)],
                           utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
    length = static_cast<size_t>(n);
    rendered = now;
  }
  return {text.data(), length};
}

bool is_clean(std::string_view value) noexcept {
  // Longer than any client takes.
  return value.size() < 65'000 && value.find_first_of(std::string_view{"\r\n\0", 3}) == std::string_view::npos;
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

outgoing_response::outgoing_response(http_response response, response_framing framing)
    : response_(std::move(response)) {
  std::string_view content = response_.shared_body ? *response_.shared_body : response_.body;
  // RFC 9110, 8.6: no Content-Length on 204, and none on 304 that a 200 would not have had.
  auto bodiless = response_.status == 204 || response_.status == 304;
  head_.reserve(512);
  auto header = [this](std::string_view name, std::string_view value) {
    head_ += name;
    head_ += ": ";
    head_ += value;
    head_ += "\r\n";
  };
  head_ += "HTTP/1.1 ";
  head_ += std::to_string(response_.status);
  head_ += ' ';
  head_ += http::obsolete_reason(http::int_to_status(response_.status));
  head_ += "\r\n";
  header("Date", date_value());
  for (auto& [name, value] : response_.headers) header(name, value);
  if (!response_.content_type.empty() && !bodiless) header("Content-Type", response_.content_type);
  if (!bodiless && !framing.stream) header("Content-Length", std::to_string(content.size()));
  // The status line is always ours, so a client of HTTP/1.0 is told what its version does not imply.
  if (framing.closes)
    header("Connection", "close");
  else if (framing.to_http_1_0)
    header("Connection", "keep-alive");
  head_ += "\r\n";
  if (!bodiless && !framing.to_head) body_ = content;
}

std::array<boost::asio::const_buffer, 2> outgoing_response::buffers() const noexcept {
  auto from_head = std::min(written_, head_.size());
  auto from_body = written_ - from_head;
  return {boost::asio::buffer(head_) + from_head, boost::asio::const_buffer{body_.data(), body_.size()} + from_body};
}

} // namespace tidings::net
