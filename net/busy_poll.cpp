// SPDX-License-Identifier: MIT
#include "net/busy_poll.hpp"

#include <thread>

namespace tidings::net {

void run(boost::asio::io_context& io, std::chrono::microseconds patience) {
  using clock = std::chrono::steady_clock;
  if (patience.count() == 0) {
    io.run();
    return;
  }
  auto sleeps_at = clock::now() + patience;
  while (!io.stopped()) {
    if (io.poll() > 0) {
      sleeps_at = clock::now() + patience;
    } else if (clock::now() < sleeps_at) {
      std::this_thread::yield();
    } else {
      io.run_one();
      sleeps_at = clock::now() + patience;
    }
  }
}

} // namespace tidings::net
