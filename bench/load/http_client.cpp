// SPDX-License-Identifier: MIT
#include "bench/load/http_client.hpp"

#include <stdexcept>

#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>

namespace tidings::bench {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

// Events are some 700 bytes; ten thousand listeners have a buffer each.
constexpr size_t event_buffer_bytes = 4096;

void connect(asio::ip::tcp::socket& socket, const http_target& target) {
  socket.connect(target.server);
  socket.set_option(asio::ip::tcp::no_delay{true});
}

} // namespace

std::string http_target::request(std::string_view method, std::string_view path, std::string_view body) const {
  std::string out;
  out.append(method).append(" ").append(path).append(" HTTP/1.1\r\nHost: ").append(server.address().to_string());
  out.append("\r\n");
  for (auto& header : headers)
    out.append(header).append("\r\n");
  if (!body.empty()) {
    out.append("Content-Type: application/json\r\nContent-Length: ").append(std::to_string(body.size())).append("\r\n");
  }
  return out.append("\r\n").append(body);
}

http_client::http_client(asio::io_context& io, const http_target& target) : socket_{io} { connect(socket_, target); }

void http_client::send(std::string request, answer on_answer) {
  request_ = std::move(request);
  on_answer_ = std::move(on_answer);
  asio::async_write(socket_, asio::buffer(request_), [this](boost::system::error_code ec, size_t) {
    if (ec)
      on_answer_(0, ec.message());
    else
      read();
  });
}

void http_client::read() {
  response_ = {};
  http::async_read(socket_, buffer_, response_, [this](boost::system::error_code ec, size_t) {
    // The next request may be sent from within.
    auto on_answer = std::move(on_answer_);
    if (ec) return on_answer(0, ec.message());
    auto body = std::move(response_.body());
    on_answer(response_.result_int(), body);
  });
}

event_listener::event_listener(asio::io_context& io, const http_target& target, std::string_view path,
                               std::function<void(std::string_view)> on_text)
    : socket_{io}, buffer_(event_buffer_bytes), on_text_{std::move(on_text)} {
  connect(socket_, target);
  auto request = target.request("GET", path, {});
  request.insert(request.size() - 2, "Accept: text/event-stream\r\n");
  asio::write(socket_, asio::buffer(request));
  read();
}

void event_listener::read() {
  socket_.async_read_some(asio::buffer(buffer_), [this](boost::system::error_code ec, size_t n) {
    // A listener that was cut would never be told; that is no figure but a failure.
    if (ec) throw std::runtime_error{"an event stream ended: " + ec.message()};
    on_text_({buffer_.data(), n});
    read();
  });
}

} // namespace tidings::bench
