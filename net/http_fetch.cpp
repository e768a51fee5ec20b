// SPDX-License-Identifier: MIT
#include "net/http_fetch.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include "envelopes/errc.hpp"
#include "envelopes/shown_url.hpp"

namespace tidings::net {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace ssl = boost::asio::ssl;

namespace {

class fetcher : public std::enable_shared_from_this<fetcher> {
public:
  using error_code = boost::system::error_code;

  fetcher(asio::io_context& io, fetch_url url, fetch_limits limits, std::function<void(caf::expected<std::string>)> done)
      : url_{std::move(url)}, limits_{std::move(limits)}, done_{std::move(done)}, resolver_{io}, timer_{io}, context_{ssl::context::tls_client},
        io_{io} {
    parser_.body_limit(limits_.body_bytes);
  }

  void start() {
    if (auto why = trust(); !why.empty()) return fail(why);
    stream_.emplace(io_, context_); // takes the context as it is now
    SSL_set_tlsext_host_name(stream_->native_handle(), url_.host.c_str());
    timer_.expires_after(limits_.time);
    timer_.async_wait([self = shared_from_this()](error_code ec) {
      if (!ec) self->fail("it took too long");
    });
    resolver_.async_resolve(url_.host, url_.port, [self = shared_from_this()](error_code ec, const asio::ip::tcp::resolver::results_type& found) {
      if (ec) return self->fail(ec);
      beast::get_lowest_layer(*self->stream_).async_connect(found, [self](error_code failed, const asio::ip::tcp::endpoint&) {
        if (failed) return self->fail(failed);
        self->connected();
      });
    });
  }

private:
  /// @returns what is wrong; empty if nothing is.
  std::string trust() {
    error_code ec;
    if (!url_.tls) return {};
    context_.set_options(ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1, ec);
    if (limits_.ca_file.empty()) context_.set_default_verify_paths(ec);
    else context_.load_verify_file(limits_.ca_file, ec);
    if (ec) return "the trusted certificates cannot be read: " + ec.message();
    context_.set_verify_mode(ssl::verify_peer, ec);
    context_.set_verify_callback(ssl::host_name_verification{url_.host}, ec);
    return ec ? ec.message() : std::string{};
  }

  void connected() {
    request_.method(http::verb::get);
    request_.target(url_.target);
    request_.set(http::field::host, url_.authority);
    request_.set(http::field::accept, "application/json");
    request_.set(http::field::connection, "close");
    if (!url_.tls) return exchange(beast::get_lowest_layer(*stream_));
    stream_->async_handshake(ssl::stream_base::client, [self = shared_from_this()](error_code ec) {
      if (ec) return self->fail(ec);
      self->exchange(*self->stream_);
    });
  }

  template <class Stream>
  void exchange(Stream& stream) {
    http::async_write(stream, request_, [self = shared_from_this(), &stream](error_code ec, size_t) {
      if (ec) return self->fail(ec);
      http::async_read(stream, self->buffer_, self->parser_, [self](error_code failed, size_t) {
        if (failed) return self->fail(failed);
        if (self->parser_.get().result() != http::status::ok) return self->fail("it answered " + std::to_string(self->parser_.get().result_int()));
        self->finish(std::move(self->parser_.get().body()));
      });
    });
  }

  void fail(error_code ec) { fail(ec.message()); }
  void fail(const std::string& why) { finish(make_error(errc::unavailable, why)); }

  void finish(caf::expected<std::string> result) {
    auto done = std::exchange(done_, nullptr);
    timer_.cancel();
    resolver_.cancel();
    error_code ignored;
    if (stream_) beast::get_lowest_layer(*stream_).socket().close(ignored);
    if (done) done(std::move(result));
  }

  fetch_url url_;
  fetch_limits limits_;
  std::function<void(caf::expected<std::string>)> done_;
  asio::ip::tcp::resolver resolver_;
  asio::steady_timer timer_;
  ssl::context context_;
  asio::io_context& io_;
  std::optional<beast::ssl_stream<beast::tcp_stream>> stream_; // of plain HTTP only the layer below is used
  http::request<http::empty_body> request_;
  http::response_parser<http::string_body> parser_;
  beast::flat_buffer buffer_;
};

} // namespace

caf::expected<fetch_url> parse_fetch_url(const std::string& text) {
  auto wrong = make_error(errc::bad_configuration, "'" + without_secrets(text) + "' is not a URL like https://login.example.org/keys");
  fetch_url url;
  url.tls = text.starts_with("https://");
  if (!url.tls && !text.starts_with("http://")) return wrong;
  auto rest = text.substr(url.tls ? 8 : 7);
  auto slash = std::min(rest.find('/'), rest.size());
  url.authority = rest.substr(0, slash);
  url.target = slash < rest.size() ? rest.substr(slash) : "/";
  for (unsigned char c : rest)
    if (c <= ' ' || c >= 0x7f || c == '#' || c == '"' || c == '<' || c == '>') return wrong;
  if (url.authority.find('@') != std::string::npos) return make_error(errc::bad_configuration, "a URL of keys takes no user and password");
  auto colon = url.authority.rfind(':');
  auto bracket = url.authority.rfind(']');
  auto has_port = colon != std::string::npos && (bracket == std::string::npos || colon > bracket);
  url.host = has_port ? url.authority.substr(0, colon) : url.authority;
  url.port = has_port ? url.authority.substr(colon + 1) : url.tls ? "443" : "80";
  if (url.host.starts_with('[') && url.host.ends_with(']')) url.host = url.host.substr(1, url.host.size() - 2);
  if (url.host.empty() || url.port.empty() || url.port.size() > 5 || url.port.find_first_not_of("0123456789") != std::string::npos) return wrong;
  return url;
}

void fetch(asio::io_context& io, fetch_url url, fetch_limits limits, std::function<void(caf::expected<std::string>)> done) {
  std::make_shared<fetcher>(io, std::move(url), std::move(limits), std::move(done))->start();
}

} // namespace tidings::net
