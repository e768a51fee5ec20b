// SPDX-License-Identifier: MIT
#include "net/http_connection.hpp"

#include <boost/asio/socket_base.hpp>

#include "envelopes/errc.hpp"
#include "net/socket_connection.hpp"

namespace tidings::net {

namespace asio = boost::asio;

namespace {

using namespace std::chrono_literals;

// After the last response the peer may still be sending. Closing then would answer with RST, which can destroy the
// response on its way: what comes is discarded for a while first (RFC 9112, 9.6).
constexpr auto linger_time = 2s;

// What may wait unread behind the request in progress, besides a whole head.
constexpr size_t read_ahead = 8 * 1024;

} // namespace

std::shared_ptr<http_connection> http_connection::make(asio::ip::tcp::socket socket, http_limits limits,
                                                       std::shared_ptr<http_handler> handler) {
  return std::make_shared<socket_connection>(std::move(socket), limits, std::move(handler));
}

socket_connection::socket_connection(asio::ip::tcp::socket socket, http_limits limits,
                                     std::shared_ptr<http_handler> handler)
    : socket_(std::move(socket)), limits_(limits), handler_(std::move(handler)),
      buffer_(limits.head_bytes + read_ahead),
      reader_(std::make_unique<request_reader>(
        head_limits{limits.head_bytes, limits.target_bytes, limits.headers, limits.body_bytes})),
      stream_(limits.stream_buffer_bytes) {}

void socket_connection::start() {
  self_ = self();
  error_code ignored; // a peer that is gone already shows in the first read
  socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
  socket_.non_blocking(true, ignored);
  deadline_ = clock::now() + limits_.head_deadline;
  read();
}

void socket_connection::drain() {
  draining_ = true;
  if (state_ == state::reading) {
    // A request that has begun to arrive is in flight, too; its deadline bounds the wait.
    if (buffer_.size() == 0 && reader_->reached() == request_reader::progress::nothing) close();
  } else {
    last_ = true;
    buffer_.clear();
  }
}

void socket_connection::abort() { close(); }

void socket_connection::check_deadlines(clock::time_point now) {
  if (state_ == state::streaming && now >= stream_end_ && !finishing_) finish_stream();
  if (now < deadline_ && !dribbles(now)) return;
  deadline_ = never;
  if (state_ == state::writing || state_ == state::streaming) return cut();
  // A peer that has sent nothing has asked nothing: there is no request to answer with 408.
  if (state_ == state::lingering || reader_->reached() == request_reader::progress::nothing) return close();
  if (state_ == state::reading) refuse(make_error(errc::request_timeout, "The request took too long to arrive."));
}

bool socket_connection::dribbles(clock::time_point now) const {
  if (state_ != state::reading || !body_begun_) return false;
  auto since = now - (deadline_ - limits_.body_deadline);
  auto expected = std::chrono::duration<double>(since).count() * static_cast<double>(limits_.body_rate);
  return since > limits_.body_grace && static_cast<double>(body_received_) < expected;
}

void socket_connection::linger() {
  if (eof_) return close();
  state_ = state::lingering;
  buffer_.clear();
  lingered_ = 0;
  deadline_ = clock::now() + linger_time;
  error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  read();
}

void socket_connection::cut() {
  cut_ = state_ != state::closed;
  error_code ignored;
  socket_.set_option(asio::socket_base::linger{true, 0}, ignored);
  close();
}

void socket_connection::close() {
  if (state_ == state::closed) return;
  state_ = state::closed;
  deadline_ = never;
  error_code ignored;
  socket_.close(ignored);
  post([](socket_connection& self) {
    auto handler = std::move(self.handler_);
    handler->on_closed();
  });
  self_.reset();
}

} // namespace tidings::net
