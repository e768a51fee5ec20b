// SPDX-License-Identifier: MIT
#include "net/tls_server.hpp"

#include <array>
#include <chrono>
#include <utility>
#include <vector>

#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include "envelopes/errc.hpp"

namespace tidings::net {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using asio::ip::tcp;
using namespace std::chrono_literals;

namespace {

constexpr auto handshake_time = 10s;
constexpr auto write_time = 30s; // for one buffer, as long as an HTTP connection waits for a reader
constexpr auto goodbye_time = 2s;
constexpr size_t out_bytes = 16 * 1024; // one TLS record; only while there is something to carry
constexpr size_t in_bytes = 4 * 1024;   // for as long as the connection is open: requests are small, and thousands idle

/// HTTP/1.1 is all that is spoken here, and a client that knows ALPN is told so.
int select_http(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* offered, unsigned int offered_size, void*) {
  static constexpr unsigned char spoken[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, size, spoken, sizeof spoken - 1, offered, offered_size) != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_NOACK;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

class tls_carrier : public std::enable_shared_from_this<tls_carrier> {
public:
  using error_code = boost::system::error_code;

  tls_carrier(tcp::socket outside, std::shared_ptr<ssl::context> context)
      : context_{std::move(context)}, outside_{std::move(outside), *context_}, inside_{outside_.get_executor()}, timer_{outside_.get_executor()} {}

  void start(std::function<void(tcp::socket)> ready) {
    within(handshake_time);
    outside_.async_handshake(ssl::stream_base::server, [self = shared_from_this(), ready = std::move(ready)](error_code ec) {
      self->timer_.cancel();
      if (ec) return self->close();
      self->open_inside(ready);
    });
  }

private:
  void open_inside(const std::function<void(tcp::socket)>& ready) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0) return close();
    error_code ec;
    tcp::socket theirs{outside_.get_executor()};
    inside_.assign(tcp::v4(), ends[0], ec); // asio reads and writes any stream socket alike
    theirs.assign(tcp::v4(), ends[1], ec);
    inside_.non_blocking(true, ec);
    ready(std::move(theirs));
    carry_in();
    carry_out();
  }

  void carry_in() {
    outside_.async_read_some(asio::buffer(in_), [self = shared_from_this()](error_code ec, size_t n) {
      if (ec) {
        error_code ignored;
        self->inside_.shutdown(tcp::socket::shutdown_send, ignored);
        return;
      }
      asio::async_write(self->inside_, asio::buffer(self->in_, n), [self](error_code failed, size_t) {
        if (!failed) self->carry_in();
      });
    });
  }

  void carry_out() {
    inside_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code ec) {
      if (ec) return self->say_goodbye();
      self->out_.resize(out_bytes);
      auto n = self->inside_.read_some(asio::buffer(self->out_), ec);
      if (ec == asio::error::would_block) return self->carry_out();
      if (ec) return self->say_goodbye();
      self->within(write_time);
      asio::async_write(self->outside_, asio::buffer(self->out_, n), [self](error_code failed, size_t) {
        self->timer_.cancel();
        if (failed) return self->close();
        self->out_ = {};
        self->carry_out();
      });
    });
  }

  /// The HTTP connection has ended: the client is told, so that it knows that nothing was cut off.
  void say_goodbye() {
    within(goodbye_time);
    outside_.async_shutdown([self = shared_from_this()](error_code) {
      self->timer_.cancel();
      self->close();
    });
  }

  void within(std::chrono::steady_clock::duration time) {
    timer_.expires_after(time);
    timer_.async_wait([self = shared_from_this()](error_code ec) {
      if (!ec) self->close();
    });
  }

  void close() {
    error_code ignored;
    outside_.lowest_layer().close(ignored);
    inside_.close(ignored);
  }

  std::shared_ptr<ssl::context> context_;
  ssl::stream<tcp::socket> outside_;
  tcp::socket inside_;
  asio::steady_timer timer_;
  std::array<char, in_bytes> in_{};
  std::vector<char> out_;
};

} // namespace

caf::error tls_identity::load() {
  auto bad = [](std::string sentence) { return make_error(errc::bad_configuration, std::move(sentence)); };
  auto fresh = std::make_shared<ssl::context>(ssl::context::tls_server);
  boost::system::error_code ec;
  fresh->set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 | ssl::context::no_sslv3 | ssl::context::no_tlsv1 |
                     ssl::context::no_tlsv1_1 | ssl::context::no_compression);
  SSL_CTX_set_options(fresh->native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(fresh->native_handle(), SSL_MODE_RELEASE_BUFFERS); // thousands of streams idle
  SSL_CTX_set_alpn_select_cb(fresh->native_handle(), select_http, nullptr);
  fresh->use_certificate_chain_file(certificate_, ec);
  if (ec) return bad("the file of --tls-cert, " + certificate_ + ", holds no certificate in PEM that can be used: " + ec.message());
  fresh->use_private_key_file(key_, ssl::context::pem, ec);
  if (ec) return bad("the file of --tls-key, " + key_ + ", holds no private key in PEM that can be used, or another certificate's: " + ec.message());
  if (SSL_CTX_check_private_key(fresh->native_handle()) != 1) return bad("the key of --tls-key is not the certificate's");
  std::lock_guard guard{mutex_};
  context_ = std::move(fresh);
  return {};
}

void serve_tls(tcp::socket outside, std::shared_ptr<ssl::context> context, std::function<void(tcp::socket)> ready) {
  std::make_shared<tls_carrier>(std::move(outside), std::move(context))->start(std::move(ready));
}

} // namespace tidings::net
