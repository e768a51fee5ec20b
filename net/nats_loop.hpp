// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <nats/nats.h>

namespace tidings::net {

/// nats.c's event-loop adapter on an io_context: nats.c reads and writes its socket on our thread.
///
/// nats.c attaches, detaches and asks for events from its own threads too (reconnect, ping timer), so everything hops to
/// the io thread. The adapter watches a duplicate of the socket: nats.c may close its own before our hop is done, and
/// the number could then already belong to somebody else's socket.
///
/// What is published in one turn of the loop is written at its end, and before that when it is much: the server then works on it
/// while we make more. Nobody asks first whether the socket takes it: it nearly always does, and asking costs two system calls.
class nats_loop {
public:
  /// @param after_read Runs on the io thread each time nats.c has read.
  nats_loop(boost::asio::io_context& io, std::function<void()> after_read);

  /// Makes `opts` use this loop; it must outlive the connection.
  natsStatus install(natsOptions* opts);

  /// After each publish, with its size. io thread.
  void published(size_t bytes);

  /// Stops watching, for good. io thread.
  void close();

private:
  static natsStatus attach(void** user_data, void* loop, natsConnection* nc, natsSock socket);
  static natsStatus read(void* user_data, bool add);
  static natsStatus write(void* user_data, bool add);
  static natsStatus detach(void* user_data);

  template <class F>
  void on_io(F f);
  void watch(natsConnection* nc, int duplicate);
  void forget();
  void arm_read();
  void queue_flush();
  void flush();
  void arm_write();

  boost::asio::io_context& io_;
  /// Goes with us. Whatever is queued on the io thread looks at it first: an aborted wait completes after `close`.
  std::shared_ptr<void> alive_ = std::make_shared<char>();
  boost::asio::posix::stream_descriptor socket_;
  std::function<void()> after_read_;
  natsConnection* nc_ = nullptr;
  size_t unsent_ = 0;       // bytes, about
  uint64_t generation_ = 0; // completions of an older socket are dropped
  bool want_read_ = false, want_write_ = false, reading_ = false, writing_ = false, flushing_ = false;
};

} // namespace tidings::net
