// SPDX-License-Identifier: MIT
// The floor of queries: plain Beast on one thread that answers every request with the bytes of one file.
#include <csignal>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

namespace {

/// One connection: reads a request, answers it, reads the next.
class session : public std::enable_shared_from_this<session> {
public:
  session(tcp::socket socket, const std::string& body) : stream_{std::move(socket)}, body_{body} {
    stream_.socket().set_option(tcp::no_delay{true});
  }

  void read() {
    request_ = {};
    http::async_read(stream_, buffer_, request_, [self = shared_from_this()](beast::error_code ec, size_t) {
      if (!ec) self->answer();
    });
  }

private:
  void answer() {
    response_ = {http::status::ok, request_.version()};
    response_.set(http::field::content_type, "application/json");
    response_.keep_alive(request_.keep_alive());
    response_.body() = {body_.data(), body_.size()};
    response_.prepare_payload();
    http::async_write(stream_, response_, [self = shared_from_this()](beast::error_code ec, size_t) {
      if (!ec && self->response_.keep_alive()) self->read();
    });
  }

  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::span_body<const char>> response_;
  const std::string& body_;
};

void accept(tcp::acceptor& acceptor, const std::string& body) {
  acceptor.async_accept([&](beast::error_code ec, tcp::socket socket) {
    if (!ec) std::make_shared<session>(std::move(socket), body)->read();
    accept(acceptor, body);
  });
}

} // namespace

int main(int argc, char** argv) try {
  if (argc != 2) throw std::runtime_error{"usage: bench_beast_floor FILE"};
  std::ifstream file{argv[1], std::ios::binary};
  if (!file) throw std::runtime_error{std::string{"cannot read "} + argv[1]};
  const std::string body{std::istreambuf_iterator<char>{file}, {}};
  asio::io_context io{1};
  tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
  std::cout << "listens on http://127.0.0.1:" << acceptor.local_endpoint().port() << std::endl;
  accept(acceptor, body);
  asio::signal_set signals{io, SIGINT, SIGTERM};
  signals.async_wait([&](beast::error_code, int) { io.stop(); });
  io.run();
} catch (const std::exception& e) {
  std::cerr << "beast floor: " << e.what() << std::endl;
  return 1;
}
