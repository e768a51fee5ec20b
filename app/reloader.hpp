// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "actors/gatekeeper.hpp"
#include "app/door_options.hpp"
#include "net/tls_server.hpp"

namespace tidings {

/// Keeps the issuer's keys and our certificate as they are now: read again at SIGHUP, keys from a URL also now and then, and when a
/// token names one that is not known.
/// What cannot be read changes nothing, and is logged.
class reloader {
public:
  /// @param tls Null: plain HTTP.
  reloader(boost::asio::io_context& io, const door_options& options, std::shared_ptr<gatekeeper> door, std::shared_ptr<net::tls_identity> tls)
      : io_{io}, options_{options}, door_{std::move(door)}, tls_{std::move(tls)}, signals_{io, SIGHUP}, timer_{io} {}

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
  std::shared_ptr<gatekeeper> door_;
  std::shared_ptr<net::tls_identity> tls_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer timer_;
  std::shared_ptr<key_renewal> renewal_; // null: the keys are in a file
};

} // namespace tidings
