// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "net/http_fetch.hpp"

namespace tidings {

/// A blocking connection to a gateway, by TLS or not: a SyncStream of Asio.
class gateway_stream {
public:
  using tcp = boost::asio::ip::tcp;

  /// Connects and shakes hands. @param ca_file Whom to trust; empty: the system's authorities.
  /// @throws boost::system::system_error
  gateway_stream(boost::asio::io_context& io, const net::fetch_url& where, const std::string& ca_file) : plain_{io} {
    namespace ssl = boost::asio::ssl;
    boost::asio::connect(plain_, tcp::resolver{io}.resolve(where.host, where.port));
    if (!where.tls) return;
    ssl::context context{ssl::context::tls_client};
    context.set_options(ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1);
    if (ca_file.empty()) context.set_default_verify_paths();
    else context.load_verify_file(ca_file);
    tls_.emplace(plain_, context); // keeps what it needs of the context
    tls_->set_verify_mode(ssl::verify_peer);
    tls_->set_verify_callback(ssl::host_name_verification{where.host});
    SSL_set_tlsext_host_name(tls_->native_handle(), where.host.c_str());
    tls_->handshake(ssl::stream_base::client);
  }
  gateway_stream(const gateway_stream&) = delete;
  gateway_stream& operator=(const gateway_stream&) = delete;

  template <class Buffers>
  size_t read_some(const Buffers& buffers, boost::system::error_code& ec) {
    return tls_ ? tls_->read_some(buffers, ec) : plain_.read_some(buffers, ec);
  }
  template <class Buffers>
  size_t read_some(const Buffers& buffers) {
    boost::system::error_code ec;
    auto size = read_some(buffers, ec);
    if (ec) throw boost::system::system_error{ec};
    return size;
  }
  template <class Buffers>
  size_t write_some(const Buffers& buffers, boost::system::error_code& ec) {
    return tls_ ? tls_->write_some(buffers, ec) : plain_.write_some(buffers, ec);
  }
  template <class Buffers>
  size_t write_some(const Buffers& buffers) {
    boost::system::error_code ec;
    auto size = write_some(buffers, ec);
    if (ec) throw boost::system::system_error{ec};
    return size;
  }

private:
  tcp::socket plain_;
  std::optional<boost::asio::ssl::stream<tcp::socket&>> tls_;
};

} // namespace tidings
