// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

#include <boost/asio/io_context.hpp>

namespace tidings::net {

/// Runs `io` until it is stopped, as `io_context::run` does, but keeps looking for `patience` after each turn before it sleeps: to be woken
/// costs a lone command more than most of its waits. Other threads that want the core get it meanwhile.
void run(boost::asio::io_context& io, std::chrono::microseconds patience);

} // namespace tidings::net
