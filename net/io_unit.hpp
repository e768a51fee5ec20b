// SPDX-License-Identifier: MIT
#pragma once

#include <deque>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>

#include "net/io_clock.hpp"

namespace tidings::net {

/// Runs CAF actors on the one thread of an io_context, beside the sockets they talk to.
///
/// Actors woken on that thread go into a plain queue which one posted job works off, so a message between two actors
/// costs neither a lock nor an allocation of Asio's. Other threads are let in through `asio::post`.
class io_unit : public caf::execution_unit {
public:
  io_unit(caf::actor_system& sys, boost::asio::io_context& io, io_clock& clock) : caf::execution_unit{&sys}, io_{io}, clock_{clock} {}
  ~io_unit() override;
  io_unit(const io_unit&) = delete;
  io_unit& operator=(const io_unit&) = delete;

  /// Takes over the reference that CAF acquired for `job`. Callable from any thread.
  void exec_later(caf::resumable* job) override;

private:
  void enqueue(caf::resumable* job);
  void run_some();

  boost::asio::io_context& io_;
  io_clock& clock_;
  std::deque<caf::resumable*> ready_; // io thread only
  bool scheduled_ = false;            // io thread only
};

} // namespace tidings::net
