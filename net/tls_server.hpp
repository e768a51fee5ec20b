// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <caf/error.hpp>

namespace tidings::net {

/// The certificate that HTTPS is served with. Connections that are open keep the one they began with. One for a process, so that
/// a TLS session of one thread can be resumed on another; callable from any thread.
class tls_identity {
public:
  /// @param certificate File with the chain, the own one first. @param key File with its private key. Both PEM.
  tls_identity(std::string certificate, std::string key) : certificate_{std::move(certificate)}, key_{std::move(key)} {}

  /// Reads the files (again). On an error, `errc::bad_configuration`, the certificate of before still counts.
  caf::error load();

  /// Null before the first `load` that worked.
  std::shared_ptr<boost::asio::ssl::context> context() const {
    std::lock_guard guard{mutex_};
    return context_;
  }

private:
  std::string certificate_, key_;
  mutable std::mutex mutex_;
  std::shared_ptr<boost::asio::ssl::context> context_; // under mutex_
};

/// Takes TLS off an accepted connection. What is inside it comes out of `ready` as a socket of its own: the other end of a
/// local pair, to and from which the bytes are carried. So an HTTP connection needs to know nothing of TLS, and its bounds
/// hold as they are; what is under way in here is one buffer each way.
/// @param ready Called on the socket's executor once the handshake is done; not at all when it fails, or takes longer than 10 s.
void serve_tls(boost::asio::ip::tcp::socket outside, std::shared_ptr<boost::asio::ssl::context> context,
               std::function<void(boost::asio::ip::tcp::socket inside)> ready);

} // namespace tidings::net
