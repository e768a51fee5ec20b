// SPDX-License-Identifier: MIT
#include "net/socket_connection.hpp"

#include <algorithm>
#include <string_view>

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/read_size.hpp>

namespace tidings::net {

namespace asio = boost::asio;

namespace {

// What a peer may send after its last answer before it is cut off.
constexpr size_t linger_bytes = 1024 * 1024;

// Room for one read while nothing is known of its size.
constexpr size_t idle_bytes = 2 * 1024;

constexpr std::string_view interim = "HTTP/1.1 100 Continue\r\n\r\n";

} // namespace

void socket_connection::read() {
  if (reading_ || eof_ || state_ == state::closed) return;
  if (buffer_.size() == buffer_.max_size()) return; // enough is pipelined; goes on after the response
  reading_ = true;
  socket_.async_wait(asio::ip::tcp::socket::wait_read, [self = self()](error_code ec) { self->on_readable(ec); });
}

size_t socket_connection::fill_buffer(error_code& ec) {
  auto wanted = std::clamp(reader_ ? reader_->expected() : 0, idle_bytes, buffer_.max_size());
  // What one large request needed is not kept for thousands of idle connections.
  if (buffer_.size() == 0 && buffer_.capacity() > 2 * wanted) buffer_.shrink_to_fit();
  buffer_.reserve(wanted);
  auto n = socket_.read_some(buffer_.prepare(boost::beast::read_size(buffer_, buffer_.max_size())), ec);
  buffer_.commit(n);
  body_received_ += n;
  return n;
}

void socket_connection::drop_input() {
  buffer_.clear();
  buffer_.shrink_to_fit();
}

void socket_connection::on_readable(error_code ec) {
  reading_ = false;
  if (state_ == state::closed) return;
  auto n = ec ? 0 : fill_buffer(ec);
  if (ec == asio::error::would_block) return read();
  if (ec) return on_read_end(ec == asio::error::eof);
  if (last_) {
    drop_input();
    lingered_ += n;
    if (state_ == state::lingering && lingered_ > linger_bytes) return close();
  }
  if (state_ == state::reading)
    process();
  else
    read();
}

void socket_connection::on_read_end(bool orderly) {
  eof_ = true;
  tell_peer_closed();
  // After a FIN the peer may still read: what it asked for before is answered. After a reset it can't.
  if (!orderly || state_ == state::lingering)
    close();
  else if (state_ == state::reading)
    process();
}

void socket_connection::tell_peer_closed() {
  if (eof_ && (state_ == state::answering || state_ == state::streaming)) handler_->on_peer_closed();
}

void socket_connection::process() {
  in_process_ = true;
  while (state_ == state::reading && next_request()) {
  }
  in_process_ = false;
  if (state_ == state::reading && eof_)
    close();
  else
    read();
}

bool socket_connection::next_request() {
  if (auto err = reader_->advance(buffer_)) {
    refuse(std::move(err));
    return true;
  }
  switch (reader_->reached()) {
  case request_reader::progress::nothing: return false;
  case request_reader::progress::head:
    // For the first request the clock runs since the connection came.
    if (!std::exchange(head_begun_, true) && !first_) deadline_ = clock::now() + limits_.head_deadline;
    return false;
  case request_reader::progress::body:
    if (!std::exchange(body_begun_, true)) {
      deadline_ = clock::now() + limits_.body_deadline;
      body_received_ = buffer_.size();
      if (reader_->waits_for_continue()) invite_body();
    }
    return false;
  case request_reader::progress::complete: deliver(); return true;
  }
  return false;
}

void socket_connection::invite_body() {
  error_code ec;
  auto n = socket_.write_some(asio::buffer(interim), ec);
  // A peer whose window has no room for these few bytes does not read its answers.
  if (ec || n < interim.size()) close();
}

void socket_connection::note_request_traits() {
  is_head_ = reader_->head().to_head;
  is_http_1_0_ = reader_->head().http_1_0;
  first_ = head_begun_ = body_begun_ = false;
  decoration_.clear();
  deadline_ = stream_end_ = never;
}

void socket_connection::deliver() {
  note_request_traits();
  auto request = std::move(reader_->request());
  request.keep_alive = request.keep_alive && !draining_;
  if (!request.keep_alive) {
    last_ = true;
    buffer_.clear();
  }
  reader_->reset();
  state_ = state::answering;
  handler_->on_request(std::move(request));
  tell_peer_closed();
}

void socket_connection::refuse(caf::error why) {
  note_request_traits();
  last_ = true;
  buffer_.clear();
  state_ = state::refusing;
  auto tell = [why = std::move(why), path = std::move(reader_->head().path)](socket_connection& self) mutable {
    if (self.state_ != state::refusing) return;
    self.state_ = state::answering;
    self.handler_->on_bad_request(std::move(why), std::move(path));
    self.tell_peer_closed();
  };
  reader_->reset();
  if (in_process_)
    tell(*this);
  else
    post(std::move(tell));
}

} // namespace tidings::net
