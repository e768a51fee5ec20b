// SPDX-License-Identifier: MIT
#include "net/io_scheduler.hpp"

#include <caf/actor_system_config.hpp>

namespace tidings::net {

namespace {

// CAF builds modules by a function without arguments of ours; the io_context comes this way.
thread_local boost::asio::io_context* target = nullptr;

} // namespace

void io_scheduler::install(caf::actor_system_config& cfg, boost::asio::io_context& io) {
  target = &io;
  cfg.load<io_scheduler>();
}

io_scheduler::io_scheduler(caf::actor_system& sys)
    : abstract_coordinator{sys}, io_{*target}, clock_{io_}, unit_{sys, io_, clock_} {}

void io_scheduler::stop() {
  clock_.shutdown();
  drain(); // CAF's own servers exit
  stop_actors();
  drain();
}

void io_scheduler::drain() {
  io_.restart();
  while (io_.poll() != 0) io_.restart();
}

} // namespace tidings::net
