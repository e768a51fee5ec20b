// SPDX-License-Identifier: MIT
#include "net/nats_connection.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>

#include <boost/asio/post.hpp>

#include "envelopes/errc.hpp"
#include "envelopes/shown_url.hpp"
#include "net/nats_login.hpp"
#include "net/nats_servers.hpp"

namespace tidings::net {

using namespace std::chrono_literals;

namespace {

struct free_options {
  void operator()(natsOptions* x) const noexcept { natsOptions_Destroy(x); }
};
struct free_connection {
  void operator()(natsConnection* x) const noexcept { natsConnection_Destroy(x); }
};
struct free_message {
  void operator()(natsMsg* x) const noexcept { destroy_later(x); }
};

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
  std::unique_ptr<natsOptions, free_options> opts_;
  std::unique_ptr<natsConnection, free_connection> nc_;
  std::function<void(nats_message)> on_message_;
  keep_alive* closure_ = nullptr; // owned by nats.c's callbacks once connected
  std::thread connecting_;
};

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

nats_connection::nats_connection(boost::asio::io_context& io, nats_options options, events on)
    : link_{std::make_shared<link>(io, std::move(options), std::move(on))} {}

nats_connection::~nats_connection() {
  link_->stop();
}

caf::error nats_connection::connect() {
  return link_->start();
}

bool nats_connection::connected() const noexcept {
  return link_->get() != nullptr && natsConnection_Status(link_->get()) == NATS_CONN_STATUS_CONNECTED;
}

namespace {

std::string all_but_last_value(const nats_headers& headers) {
  std::string result;
  for (auto& [name, value] : headers) {
    if (&value == &headers.back().second) return result += name;
    result += name;
    result += ": ";
    result += value.str();
    result += "\r\n";
  }
  return result;
}

} // namespace

caf::error nats_connection::publish(const std::string& subject, const std::string& reply, const nats_headers& headers,
                                    std::string_view data) {
  if (!connected()) return make_error(errc::unavailable, "not connected to NATS");
  const char* reply_to = reply.empty() ? nullptr : reply.c_str();
  natsStatus status;
  if (headers.empty()) {
    auto size = static_cast<int>(data.size());
    status = reply_to == nullptr ? natsConnection_Publish(link_->get(), subject.c_str(), data.data(), size)
                                 : natsConnection_PublishRequest(link_->get(), subject.c_str(), reply_to, data.data(), size);
  } else {
    natsMsg* raw = nullptr;
    status = natsMsg_Create(&raw, subject.c_str(), reply_to, data.data(), static_cast<int>(data.size()));
    std::unique_ptr<natsMsg, free_message> msg{raw};
    if (status == NATS_OK) status = natsMsgHeader_Set(raw, all_but_last_value(headers).c_str(), headers.back().second.c_str());
    if (status == NATS_OK) status = natsConnection_PublishMsg(link_->get(), raw);
  }
  if (status == NATS_OK) {
    link_->loop().published(data.size());
    return {};
  }
  if (status == NATS_MAX_PAYLOAD)
    return make_error(errc::payload_too_large,
                      "the message is larger than the NATS server's max_payload of " + std::to_string(max_payload()));
  return make_error(errc::unavailable, natsStatus_GetText(status));
}

caf::expected<nats_connection::subscription> nats_connection::subscribe(const std::string& subject,
                                                                        const std::string& queue) {
  natsSubscription* raw = nullptr;
  auto status = link_->get() == nullptr ? NATS_CONNECTION_CLOSED
                : queue.empty()         ? natsConnection_SubscribeSync(&raw, link_->get(), subject.c_str())
                                : natsConnection_QueueSubscribeSync(&raw, link_->get(), subject.c_str(), queue.c_str());
  if (status != NATS_OK)
    return make_error(errc::unavailable, "cannot subscribe to " + subject + ": " + natsStatus_GetText(status));
  return subscription{raw, natsSubscription_Destroy};
}

caf::expected<nats_connection::subscription> nats_connection::call_back(const std::string& subject,
                                                                        std::function<void(nats_message)> on_message) {
  natsSubscription* raw = nullptr;
  auto status = link_->get() == nullptr ? NATS_CONNECTION_CLOSED : link_->subscribe(&raw, subject, std::move(on_message));
  if (status != NATS_OK)
    return make_error(errc::unavailable, "cannot subscribe to " + subject + ": " + natsStatus_GetText(status));
  return subscription{raw, natsSubscription_Destroy};
}

size_t nats_connection::drain(natsSubscription* sub, std::vector<nats_message>& out) {
  uint64_t queued = 0;
  if (natsSubscription_QueuedMsgs(sub, &queued) != NATS_OK) return 0;
  size_t taken = 0;
  for (; queued > 0; --queued) {
    natsMsg* msg = nullptr;
    auto status = natsSubscription_NextMsg(&msg, sub, 0);
    // nats.c swallows a "no responders" message here; those behind it must not wait for the next read.
    if (status == NATS_NO_RESPONDERS) continue;
    if (status != NATS_OK) break;
    out.emplace_back(msg);
    ++taken;
  }
  return taken;
}

int64_t nats_connection::max_payload() const noexcept {
  return link_->get() == nullptr ? 0 : natsConnection_GetMaxPayload(link_->get());
}

int nats_connection::buffered() const noexcept {
  return link_->get() == nullptr ? 0 : natsConnection_Buffered(link_->get());
}

} // namespace tidings::net
