// SPDX-License-Identifier: MIT
#include "net/socket_connection.hpp"

#include <utility>

#include <boost/asio/write.hpp>

namespace tidings::net {

namespace asio = boost::asio;

void socket_connection::respond(http_response response) {
  if (state_ != state::answering) return;
  add_decoration(response);
  send(std::move(response), false);
}

void socket_connection::add_decoration(http_response& response) {
  for (auto& header : std::exchange(decoration_, {})) response.headers.push_back(std::move(header));
}

void socket_connection::start_stream(http_response head) {
  if (state_ != state::answering) return;
  last_ = true;
  drop_input();
  add_decoration(head);
  if (is_head_ || !is_sendable(head)) return send(std::move(head), true);
  state_ = state::streaming;
  reader_.reset();
  stream_.push(std::make_shared<std::string>(outgoing_response{std::move(head), framing(true)}.text()));
  pump();
}

bool socket_connection::write_stream(std::shared_ptr<const std::string> chunk) {
  if (state_ != state::streaming || finishing_) return false;
  if (!chunk || chunk->empty()) return true;
  if (!stream_.push(std::move(chunk))) {
    cut();
    return false;
  }
  pump();
  return true;
}

void socket_connection::finish_stream() {
  if (state_ != state::streaming) return;
  finishing_ = true;
  if (stream_.empty()) linger();
}

response_framing socket_connection::framing(bool stream) const { return {is_head_, is_http_1_0_, last_, stream}; }

void socket_connection::send(http_response response, bool stream) {
  if (!is_sendable(response)) {
    response = unsendable_response();
    stream = false;
  }
  outgoing_ = std::make_unique<outgoing_response>(std::move(response), framing(stream));
  state_ = state::writing;
  // Nearly every response fits into the socket's buffer: that spares a turn through the reactor.
  error_code ec;
  outgoing_->written(asio::write(socket_, outgoing_->buffers(), ec));
  if (!ec) return on_written();
  if (ec != asio::error::would_block) return close();
  deadline_ = clock::now() + limits_.write_deadline;
  asio::async_write(socket_, outgoing_->buffers(), [self = self()](error_code failed, size_t) {
    if (self->state_ != state::writing) return;
    if (failed) return self->close();
    self->on_written();
  });
}

void socket_connection::on_written() {
  outgoing_.reset();
  if (last_) return linger();
  state_ = state::reading;
  deadline_ = clock::now() + limits_.idle_deadline;
  if (in_process_) return; // its loop goes on by itself
  if (buffer_.size() == 0 && !eof_)
    read();
  else
    post([](socket_connection& self) { self.resume(); });
}

void socket_connection::resume() {
  if (state_ == state::reading) process();
}

void socket_connection::pump() {
  if (stream_.writing() || stream_.empty()) return;
  deadline_ = clock::now() + limits_.write_deadline;
  asio::async_write(socket_, stream_.next_write(), [self = self()](error_code ec, size_t) {
    if (self->state_ != state::streaming) return;
    if (ec) return self->close();
    self->on_stream_written();
  });
}

void socket_connection::on_stream_written() {
  stream_.written();
  deadline_ = never;
  if (!stream_.empty())
    pump();
  else if (finishing_)
    linger();
  else
    handler_->on_drained();
}

} // namespace tidings::net
