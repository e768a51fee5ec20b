// SPDX-License-Identifier: MIT
#include "net/nats_loop.hpp"

#include <utility>

#include <unistd.h>

#include <boost/asio/post.hpp>

namespace tidings::net {

namespace {

// A dozen commands: less makes more writes than the server's earlier start is worth.
constexpr size_t write_at = 8 * 1024;

} // namespace

using descriptor = boost::asio::posix::stream_descriptor;

nats_loop::nats_loop(boost::asio::io_context& io, std::function<void()> after_read)
    : io_{io}, socket_{io}, after_read_{std::move(after_read)} {}

natsStatus nats_loop::install(natsOptions* opts) {
  return natsOptions_SetEventLoop(opts, this, attach, read, write, detach);
}

template <class F>
void nats_loop::on_io(F f) {
  if (io_.get_executor().running_in_this_thread()) {
    f();
  } else {
    boost::asio::post(io_, [alive = std::weak_ptr<void>{alive_}, f = std::move(f)] {
      if (!alive.expired()) f();
    });
  }
}

natsStatus nats_loop::attach(void** user_data, void* loop, natsConnection* nc, natsSock socket) {
  auto* self = static_cast<nats_loop*>(loop);
  *user_data = self;
  int duplicate = ::dup(socket);
  if (duplicate < 0) return NATS_IO_ERROR;
  // Closed with the hop if that never comes to its end.
  auto kept = std::shared_ptr<int>{new int{duplicate}, [](int* x) {
                                     if (*x >= 0) ::close(*x);
                                     delete x;
                                   }};
  self->on_io([self, nc, kept] { self->watch(nc, std::exchange(*kept, -1)); });
  return NATS_OK;
}

natsStatus nats_loop::read(void* user_data, bool add) {
  auto* self = static_cast<nats_loop*>(user_data);
  self->on_io([self, add] {
    self->want_read_ = add;
    if (add) self->arm_read();
  });
  return NATS_OK;
}

natsStatus nats_loop::write(void* user_data, bool add) {
  auto* self = static_cast<nats_loop*>(user_data);
  self->on_io([self, add] {
    self->want_write_ = add;
    if (add) self->queue_flush();
  });
  return NATS_OK;
}

natsStatus nats_loop::detach(void* user_data) {
  auto* self = static_cast<nats_loop*>(user_data);
  self->on_io([self] { self->forget(); });
  return NATS_OK;
}

void nats_loop::watch(natsConnection* nc, int duplicate) {
  forget();
  nc_ = nc;
  socket_.assign(duplicate);
  want_read_ = true;
  arm_read();
}

void nats_loop::close() {
  forget();
  after_read_ = nullptr;
}

void nats_loop::forget() {
  ++generation_;
  want_read_ = want_write_ = reading_ = writing_ = flushing_ = false;
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void nats_loop::arm_read() {
  if (!want_read_ || reading_ || !socket_.is_open()) return;
  reading_ = true;
  socket_.async_wait(descriptor::wait_read, [this, alive = std::weak_ptr<void>{alive_}, g = generation_](boost::system::error_code ec) {
    if (alive.expired() || g != generation_) return;
    reading_ = false;
    if (ec) return;
    natsConnection_ProcessReadEvent(nc_);
    if (after_read_) after_read_();
    if (g == generation_) arm_read();
  });
}

void nats_loop::queue_flush() {
  if (flushing_ || writing_) return;
  flushing_ = true;
  boost::asio::post(io_, [this, alive = std::weak_ptr<void>{alive_}, g = generation_] {
    if (alive.expired() || g != generation_) return;
    flushing_ = false;
    flush();
  });
}

void nats_loop::published(size_t bytes) {
  unsent_ += bytes;
  if (unsent_ >= write_at && !writing_) flush();
}

void nats_loop::flush() {
  unsent_ = 0;
  if (!want_write_ || !socket_.is_open()) return;
  auto g = generation_;
  natsConnection_ProcessWriteEvent(nc_); // ends the wish once everything is written
  if (g == generation_) arm_write();
}

void nats_loop::arm_write() {
  if (!want_write_ || writing_ || !socket_.is_open()) return;
  writing_ = true;
  socket_.async_wait(descriptor::wait_write, [this, alive = std::weak_ptr<void>{alive_}, g = generation_](boost::system::error_code ec) {
    if (alive.expired() || g != generation_) return;
    writing_ = false;
    if (!ec) flush();
  });
}

} // namespace tidings::net
