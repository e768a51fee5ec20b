// SPDX-License-Identifier: MIT
#include "actors/http_listener.hpp"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "net/activation.hpp"
#include "net/peer_address.hpp"

namespace tidings {

using namespace std::chrono_literals;

namespace {

constexpr auto tick = 500ms;

// That are kept open for a moment; the others may be reset before they read why.
constexpr size_t max_turned_away = 64;

// What headers, subject and the envelope add to a body on its way to NATS.
constexpr int64_t envelope_allowance = 4096;

} // namespace

http_listener_state::~http_listener_state() {
  stop();
}

void http_listener_state::init(http_listener_options options) {
  options_ = std::move(options);
  auto& counts = options_.services->counts;
  open_ = {counts, &counts->connections};
  self_->send(options_.gateway, follow_connection{self_});
  accept();
}

void http_listener_state::accept() {
  options_.acceptor->async_accept([this, self = http_listener_actor{self_}, raw = self_](boost::system::error_code ec, tcp::socket socket) {
    net::activate(raw, [&] {
      if (draining_ || ec == boost::asio::error::operation_aborted) return;
      if (ec) { // e.g. no descriptors left: trying at once would spin
        if (!paused_) spdlog::warn("cannot accept connections: {}", ec.message());
        paused_ = true;
        return;
      }
      on_accepted(std::move(socket));
      accept();
    });
  });
}

void http_listener_state::on_accepted(tcp::socket socket) {
  boost::system::error_code ec;
  auto endpoint = socket.remote_endpoint(ec);
  if (ec) return; // gone already
  auto peer = net::peer_name(endpoint.address());
  auto place = take_place(peer);
  ++(place ? options_.services->counts->connections_accepted : options_.services->counts->connections_refused);
  if (!place) return turn_away(std::move(socket));
  socket.set_option(tcp::no_delay{true}, ec);
  if (!options_.tls) return open_session(std::move(socket), std::move(place), std::move(peer));
  // Somebody who only holds a place without shaking hands has it for 10 s.
  net::serve_tls(std::move(socket), options_.tls->context(),
                 [this, self = http_listener_actor{self_}, raw = self_, place = std::move(place), peer](tcp::socket inside) mutable {
                   net::activate(raw, [&] { open_session(std::move(inside), std::move(place), std::move(peer)); });
                 });
}

void http_listener_state::open_session(tcp::socket socket, std::shared_ptr<void> place, std::string peer) {
  auto session = self_->spawn(http_session, options_.services, std::move(place), self_);
  self_->send(session, adopt_socket{std::make_shared<tcp::socket>(std::move(socket)), options_.limits, std::move(peer)});
}

std::shared_ptr<void> http_listener_state::take_place(const std::string& peer) {
  auto place = options_.places->take(peer);
  if (!place) return nullptr;
  ++*open_;
  return {open_.get(), [count = open_, place = std::move(place)](void*) { --*count; }};
}

void http_listener_state::turn_away(tcp::socket socket) {
  // Nothing is read, so nothing can be held open: a best effort to say why.
  static constexpr std::string_view busy = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  boost::system::error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(boost::asio::buffer(busy), ignored);
  socket.shutdown(tcp::socket::shutdown_send, ignored);
  // Closing with unread bytes would reset the connection, and the answer with it.
  if (turned_away_.size() < max_turned_away) turned_away_.push_back(std::move(socket));
}

void http_listener_state::on_opened(const session_opened& x) {
  connections_.push_back(x.connection);
  if (!draining_) return;
  if (auto connection = x.connection.lock()) connection->drain();
}

void http_listener_state::on_limits(const connection_change& x) {
  if (x.max_payload <= envelope_allowance) return;
  options_.limits.body_bytes = std::min(net::http_limits{}.body_bytes, static_cast<size_t>(x.max_payload - envelope_allowance));
}

void http_listener_state::on_tick() {
  auto now = self_->clock().now();
  if (due_ != clock_time{}) options_.services->counts->loop_delay.observe(now - due_);
  std::erase_if(connections_, [now](auto& weak) {
    auto connection = weak.lock();
    if (connection) connection->check_deadlines(now);
    return !connection;
  });
  leaving_ = std::exchange(turned_away_, {}); // each has half a second at least
  if (paused_ && !draining_) {
    paused_ = false;
    accept();
  }
  if (draining_ && *open_ == 0 && drained_.pending()) drained_.deliver(true);
  auto pause = draining_ ? 20ms : tick;
  due_ = now + pause;
  self_->delayed_send(self_, pause, tick_atom::value);
}

caf::result<bool> http_listener_state::drain() {
  draining_ = true;
  boost::system::error_code ignored;
  options_.acceptor->close(ignored);
  for (auto& weak : connections_)
    if (auto connection = weak.lock()) connection->drain();
  drained_ = self_->make_response_promise<bool>();
  auto promise = drained_;
  if (*open_ == 0) drained_.deliver(true);
  else self_->send(self_, tick_atom::value);
  return promise;
}

void http_listener_state::stop() {
  if (options_.acceptor) {
    boost::system::error_code ignored;
    options_.acceptor->close(ignored);
  }
  for (auto& weak : connections_)
    if (auto connection = weak.lock()) connection->abort();
}

http_listener_actor::behavior_type http_listener(http_listener_ptr self, http_listener_options options) {
  self->state.init(std::move(options));
  self->delayed_send(self, tick, tick_atom::value);
  return {
    [self](const session_opened& x) { self->state.on_opened(x); },
    [self](const connection_change& x) { self->state.on_limits(x); },
    [self](drain_atom) { return self->state.drain(); },
    [self](stop_atom) { self->state.stop(); },
    [self](tick_atom) { self->state.on_tick(); },
  };
}

} // namespace tidings
