// SPDX-License-Identifier: MIT
#pragma once

#include <caf/scheduler/abstract_coordinator.hpp>

#include "net/io_clock.hpp"
#include "net/io_unit.hpp"

namespace tidings::net {

/// CAF's scheduler module without threads: every actor of the system runs on one io_context.
///
/// The io_context must outlive the actor system, and must keep running until no actor is left: see app/serve.cpp.
class io_scheduler : public caf::scheduler::abstract_coordinator {
public:
  /// Makes `cfg` use this scheduler on `io`. One system at a time may be under construction on a thread.
  static void install(caf::actor_system_config& cfg, boost::asio::io_context& io);

  explicit io_scheduler(caf::actor_system& sys);

  void enqueue(caf::resumable* job) override { unit_.exec_later(job); }
  io_clock& clock() noexcept override { return clock_; }
  io_unit& unit() noexcept { return unit_; }

  /// CAF's factory convention for modules.
  static caf::actor_system::module* make(caf::actor_system& sys, caf::detail::type_list<>) {
    return new io_scheduler{sys};
  }

protected:
  /// Runs in ~actor_system, after the io thread has returned.
  void stop() override;

private:
  void drain();

  boost::asio::io_context& io_;
  io_clock clock_;
  io_unit unit_;
};

} // namespace tidings::net
