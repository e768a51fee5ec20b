// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

namespace tidings::bench {

/// What every request to one server has in common.
struct http_target {
  boost::asio::ip::tcp::endpoint server;
  std::vector<std::string> headers; ///< "Name: value".

  /// A whole request.
  std::string request(std::string_view method, std::string_view path, std::string_view body) const;
};

/// One keep-alive connection with one request at a time.
class http_client {
public:
  /// @param status 0 when the connection broke; the text then says why.
  using answer = std::function<void(unsigned status, std::string_view body)>;

  http_client(boost::asio::io_context& io, const http_target& target);
  void send(std::string request, answer on_answer);

private:
  void read();

  boost::asio::ip::tcp::socket socket_;
  boost::beast::flat_buffer buffer_;
  boost::beast::http::response<boost::beast::http::string_body> response_;
  std::string request_;
  answer on_answer_;
};

/// One connection that only listens: an event stream.
class event_listener {
public:
  /// @param on_text what arrived, head included; pieces as they come.
  event_listener(boost::asio::io_context& io, const http_target& target, std::string_view path,
                 std::function<void(std::string_view)> on_text);

private:
  void read();

  boost::asio::ip::tcp::socket socket_;
  std::vector<char> buffer_;
  std::function<void(std::string_view)> on_text_;
};

} // namespace tidings::bench
