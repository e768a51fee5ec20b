// SPDX-License-Identifier: MIT
#include "app/reloader.hpp"

#include <spdlog/spdlog.h>

#include "app/front_door.hpp"
#include "envelopes/errc.hpp"

namespace tidings {

void reloader::start() {
  wait_for_signal();
  if (front_door::fetches_keys(options_)) wait_for_time();
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
  front_door::read_keys(io_, options_, [tell = on_keys_](caf::expected<std::vector<signing_key>> keys) {
    if (!keys) return spdlog::error("{}; the keys that were read before still count", failure_of(keys.error()).detail);
    tell(*keys);
    spdlog::info("the issuer's keys are read again");
  });
}

void reloader::read_certificate() {
  if (!tls_) return;
  if (auto err = tls_->load()) spdlog::error("{}; the certificate that was read before still counts", failure_of(err).detail);
  else spdlog::info("the certificate is read again");
}

} // namespace tidings
