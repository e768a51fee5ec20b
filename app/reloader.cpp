// SPDX-License-Identifier: MIT
#include "app/reloader.hpp"

#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include "app/front_door.hpp"
#include "envelopes/errc.hpp"

namespace tidings {

reloader::reloader(boost::asio::io_context& io, const door_options& options, keys_listener on_keys, std::shared_ptr<net::tls_identity> tls)
    : io_{io}, options_{options}, on_keys_{std::move(on_keys)}, tls_{std::move(tls)}, signals_{io, SIGHUP}, timer_{io} {
  if (options.auth == "jwt" && front_door::fetches_keys(options))
    renewal_ = std::make_shared<key_renewal>([this](std::function<void()> done) { fetch_keys(std::move(done)); }, std::chrono::seconds{options.cooldown_s});
}

void reloader::start() {
  wait_for_signal();
  if (renewal_) wait_for_time();
}

void reloader::stop() {
  signals_.cancel();
  timer_.cancel();
}

void reloader::wait_for_signal() {
  signals_.async_wait([this](boost::system::error_code ec, int) {
    if (ec) return;
    read_keys();
    read_certificate();
    wait_for_signal();
  });
}

void reloader::wait_for_time() {
  timer_.expires_after(std::chrono::seconds{options_.refresh_s});
  timer_.async_wait([this](boost::system::error_code ec) {
    if (ec) return;
    read_keys();
    wait_for_time();
  });
}

void reloader::read_keys() {
  if (options_.auth != "jwt") return;
  if (renewal_) renewal_->renew(key_renewal::clock::now());
  else fetch_keys([] {});
}

void reloader::fetch_keys(std::function<void()> done) {
  boost::asio::post(io_, [this, done = std::move(done)] { // whoever needs them may be on another thread
    front_door::read_keys(io_, options_, [this, done](caf::expected<std::vector<signing_key>> keys) {
      if (keys) {
        on_keys_(*keys);
        spdlog::info("the issuer's keys are read again");
      } else {
        spdlog::error("{}; the keys that were read before still count", failure_of(keys.error()).detail);
      }
      done();
    });
  });
}

void reloader::read_certificate() {
  if (!tls_) return;
  if (auto err = tls_->load()) spdlog::error("{}; the certificate that was read before still counts", failure_of(err).detail);
  else spdlog::info("the certificate is read again");
}

} // namespace tidings
