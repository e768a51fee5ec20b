// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <caf/expected.hpp>

namespace tidings::net {

/// A child process that never outlives us: the kernel ends it when this process ends, however that happens.
class child_process {
public:
  /// Starts `argv[0]` (searched in PATH) with its standard input closed and its outputs going to `log_file`.
  /// Call it on the thread that lives as long as the process: the kernel's promise hangs on that thread.
  /// @param on_exit Called on the io thread once, with the wait status, unless the object is gone by then.
  /// @returns `errc::bad_configuration` when the program cannot be started.
  static caf::expected<std::unique_ptr<child_process>> start(boost::asio::io_context& io, const std::vector<std::string>& argv,
                                                             const std::string& log_file, std::function<void(int)> on_exit);
  /// Kills the child if it still runs.
  ~child_process();
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;

  int pid() const noexcept { return pid_; }
  void signal(int number) noexcept;

private:
  child_process(boost::asio::io_context& io, int pid, int pidfd, std::function<void(int)> on_exit);
  void wait_for_exit();

  int pid_;
  bool running_ = true;
  boost::asio::posix::stream_descriptor exit_; // a pidfd: readable when the child has ended
  std::function<void(int)> on_exit_;
};

} // namespace tidings::net
