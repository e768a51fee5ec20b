// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include <boost/asio/post.hpp>

#include "net/nats_connection.hpp"
#include "net/nats_login.hpp"

namespace tidings::net {

struct destroy_options {
  void operator()(natsOptions* x) const noexcept { natsOptions_Destroy(x); }
};
struct destroy_connection {
  void operator()(natsConnection* x) const noexcept { natsConnection_Destroy(x); }
};

/// What callbacks, the connecting thread and the loop share. nats.c may still call back while the owner goes away, so
/// the callbacks hold it by a pointer of their own, freed by the closed callback.
class nats_connection::link : public std::enable_shared_from_this<link> {
public:
  link(boost::asio::io_context& io, nats_options options, events on)
      : options_{std::move(options)}, login_{options_.secrets}, on_{std::move(on)}, io_{&io} {
    loop_.emplace(io, [this] {
      if (on_.readable) on_.readable();
    });
  }

  caf::error start();
  void stop();
  /// nats.c gave the connection up, as it does when a server refuses us twice: begins anew, with the secrets as they are now.
  void begin_anew();

  natsConnection* get() const noexcept { return nc_.get(); }
  nats_loop& loop() noexcept { return *loop_; }

  /// One callback a connection: it lives as long as this.
  natsStatus subscribe(natsSubscription** sub, const std::string& subject, std::function<void(nats_message)> on_message) {
    on_message_ = std::move(on_message);
    return natsConnection_Subscribe(
      sub, nc_.get(), subject.c_str(),
      [](natsConnection*, natsSubscription*, natsMsg* msg, void* c) {
        of(c).hop([m = nats_message{msg}](link& self) {
          if (self.on_message_) self.on_message_(m);
        });
      },
      closure_);
  }

private:
  using keep_alive = std::shared_ptr<link>;

  // Any thread.
  template <class F>
  void hop(F f) {
    std::lock_guard guard{mutex_};
    if (io_ != nullptr) boost::asio::post(*io_, [weak = weak_from_this(), f = std::move(f)] {
      if (auto self = weak.lock()) f(*self);
    });
  }
  static link& of(void* closure) { return **static_cast<keep_alive*>(closure); }
  caf::error make_options();
  void start_connecting();
  void connect_until_stopped();
  void adopt(natsConnection* nc);
  void tell_connected(bool up) {
    if (on_.connected) on_.connected(up);
  }
  void tell_trouble(std::string what) {
    if (on_.trouble) on_.trouble(std::move(what));
  }

  nats_options options_;
  nats_login login_; // before what logs in by it
  events on_;
  std::mutex mutex_;
  boost::asio::io_context* io_; // null once stopped; under mutex_
  std::condition_variable wake_;
  bool stopping_ = false;       // under mutex_
  std::optional<nats_loop> loop_; // ends with stop(): the last reference may go on a thread of nats.c
  std::unique_ptr<natsOptions, destroy_options> opts_;
  std::unique_ptr<natsConnection, destroy_connection> nc_;
  std::function<void(nats_message)> on_message_;
  keep_alive* closure_ = nullptr; // owned by nats.c's callbacks once connected
  std::thread connecting_;
};

} // namespace tidings::net
