// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "app/door_options.hpp"
#include "identity/key_renewal.hpp"
#include "identity/signing_key.hpp"
#include "net/tls_server.hpp"

namespace tidings {

/// Keeps the issuer's keys and our certificate as they are now: read again at SIGHUP, keys from a URL also now and then, and when a
/// token names one that is not known.
/// What cannot be read changes nothing, and is logged.
class reloader {
public:
  using keys_listener = std::function<void(const std::vector<signing_key>&)>;

  /// @param on_keys Takes the keys as they are now, on `io`. @param tls Null: plain HTTP.
  reloader(boost::asio::io_context& io, const door_options& options, keys_listener on_keys, std::shared_ptr<net::tls_identity> tls);

  /// Asks for keys that nobody knows; null when they are in a file.
  const std::shared_ptr<key_renewal>& renewal() const noexcept { return renewal_; }

  void start();
  void stop();

private:
  void wait_for_signal();
  void wait_for_time();
  void read_keys();
  void fetch_keys(std::function<void()> done);
  void read_certificate();

  boost::asio::io_context& io_;
  const door_options& options_;
  keys_listener on_keys_;
  std::shared_ptr<net::tls_identity> tls_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer timer_;
  std::shared_ptr<key_renewal> renewal_;
};

} // namespace tidings
