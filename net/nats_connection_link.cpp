// SPDX-License-Identifier: MIT
#include "net/nats_connection_link.hpp"

#include <chrono>

#include "envelopes/errc.hpp"
#include "envelopes/shown_url.hpp"
#include "net/nats_servers.hpp"

namespace tidings::net {

using namespace std::chrono_literals;

namespace {

// Reconnecting is cheap on the server's side and every client waits for it.
constexpr int64_t reconnect_wait_ms = 50;
constexpr int64_t reconnect_jitter_ms = 20;
constexpr auto first_connect_wait = 100ms;
constexpr auto refused_wait = 1000ms; // a server that does not let us in is not asked as often
constexpr int64_t connect_timeout_ms = 2000;
constexpr int64_t ping_interval_ms = 5000; // a server that hangs is noticed within two of them
constexpr int max_pings_out = 2;
constexpr int io_buffer_bytes = 256 * 1024;

} // namespace

caf::error nats_connection::link::start() {
  login_.on_trouble = [this](std::string what) { // on threads of nats.c's, which end before this does
    hop([what = std::move(what)](link& x) { x.tell_trouble(what); });
  };
  if (auto err = login_.read()) return err;
  if (auto err = make_options()) return err;
  start_connecting();
  return {};
}

void nats_connection::link::start_connecting() {
  connecting_ = std::thread{[this, self = shared_from_this()] { connect_until_stopped(); }};
}

caf::error nats_connection::link::make_options() {
  natsOptions* raw = nullptr;
  auto ok = [&](natsStatus s) { return s == NATS_OK; };
  if (!ok(natsOptions_Create(&raw))) return make_error(errc::internal, "no memory for NATS options");
  opts_.reset(raw);
  closure_ = new keep_alive{shared_from_this()};
  bool fine = ok(set_servers(raw, options_.url)) && ok(natsOptions_SetName(raw, options_.name.c_str()))
              && ok(natsOptions_SetSendAsap(raw, true)) && ok(natsOptions_SetMaxReconnect(raw, -1))
              && ok(natsOptions_SetReconnectWait(raw, reconnect_wait_ms))
              && ok(natsOptions_SetReconnectJitter(raw, reconnect_jitter_ms, reconnect_jitter_ms))
              && ok(natsOptions_SetTimeout(raw, connect_timeout_ms))
              && ok(natsOptions_SetPingInterval(raw, ping_interval_ms))
              && ok(natsOptions_SetMaxPingsOut(raw, max_pings_out))
              && ok(natsOptions_SetIOBufSize(raw, io_buffer_bytes)) && ok(loop_->install(raw))
              && ok(natsOptions_SetDisconnectedCB(raw, [](natsConnection*, void* c) {
                   of(c).hop([](link& self) { self.tell_connected(false); });
                 }, closure_))
              && ok(natsOptions_SetReconnectedCB(raw, [](natsConnection*, void* c) {
                   of(c).hop([](link& self) { self.tell_connected(true); });
                 }, closure_))
              && ok(natsOptions_SetErrorHandler(raw, [](natsConnection*, natsSubscription*, natsStatus s, void* c) {
                   of(c).hop([s](link& self) { self.tell_trouble(natsStatus_GetText(s)); });
                 }, closure_))
              && ok(natsOptions_SetClosedCB(raw, [](natsConnection*, void* c) {
                   of(c).hop([](link& self) { self.begin_anew(); });
                   delete static_cast<keep_alive*>(c);
                 }, closure_));
  if (!fine) {
    delete std::exchange(closure_, nullptr);
    return make_error(errc::bad_configuration, "the NATS URL " + without_secrets(options_.url) + " cannot be used: "
                                                 + nats_GetLastError(nullptr));
  }
  auto err = login_.apply(raw);
  if (err) delete std::exchange(closure_, nullptr);
  return err;
}

void nats_connection::link::begin_anew() {
  if (connecting_.joinable()) connecting_.join(); // it has ended: there was a connection
  if (on_.gone) on_.gone();
  nc_.reset();
  if (auto err = make_options()) return tell_trouble(failure_of(err).detail + "; there will be no connection any more");
  start_connecting();
}

void nats_connection::link::connect_until_stopped() {
  natsStatus told = NATS_OK;
  for (;;) {
    natsConnection* nc = nullptr;
    auto status = natsConnection_Connect(&nc, opts_.get());
    std::unique_lock guard{mutex_};
    if (status == NATS_OK) {
      if (io_ == nullptr) { // stopped meanwhile: nobody will adopt it
        guard.unlock();
        natsConnection_Destroy(nc);
        return;
      }
      boost::asio::post(*io_, [weak = weak_from_this(), nc] {
        if (auto self = weak.lock()) return self->adopt(nc);
        natsConnection_Destroy(nc);
      });
      return;
    }
    if (stopping_) break;
    if (status != told && io_ != nullptr) { // once a reason, not once an attempt
      told = status;
      boost::asio::post(*io_, [weak = weak_from_this(), status] {
        if (auto self = weak.lock()) self->tell_trouble(std::string{"cannot connect yet: "} + natsStatus_GetText(status));
      });
    }
    bool refused = status == NATS_CONNECTION_AUTH_FAILED || status == NATS_SSL_ERROR;
    if (wake_.wait_for(guard, refused ? refused_wait : first_connect_wait, [this] { return stopping_; })) break;
    guard.unlock();
    // Nothing else uses the options while nobody is connected.
    if (refused) login_.renew(opts_.get());
  }
  delete std::exchange(closure_, nullptr); // no connection, so no closed callback
}

void nats_connection::link::adopt(natsConnection* nc) {
  nc_.reset(nc);
  tell_connected(true);
}

void nats_connection::link::stop() {
  {
    std::lock_guard guard{mutex_};
    stopping_ = true;
    io_ = nullptr;
    wake_.notify_all();
  }
  on_message_ = nullptr;
  on_ = {}; // hops that are already posted must find nobody
  loop_->close();
  if (connecting_.joinable()) connecting_.join();
  nc_.reset();
  loop_.reset();
}

} // namespace tidings::net
