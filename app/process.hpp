// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "app/reloader.hpp"
#include "app/shard.hpp"

namespace tidings {

/// The loops of all shards; the first is the main thread's.
using io_loops = std::vector<std::unique_ptr<boost::asio::io_context>>;

/// Runs the shards of a gateway, each on a thread of its own, and ends them together: signals, keys that are read again, and the
/// order in which all of it stops. It lives on the first shard's loop.
class process {
public:
  /// @param loops Outlive this. @param tls Null: plain HTTP.
  process(io_loops& loops, const process_parts& shared, std::shared_ptr<net::tls_identity> tls);

  /// Before `run`, once for each loop, in their order.
  void add_shard(catalog_ptr models, std::shared_ptr<boost::asio::ip::tcp::acceptor> acceptor, std::shared_ptr<gatekeeper> door);

  /// Serves until a signal, or a failure. @param ready Is said on standard output once all shards are ready.
  /// @returns the process's exit code.
  int run(std::string ready);

private:
  /// Does `f` with a shard on its own thread.
  template <class F>
  void on(shard& x, F f);
  void stop_on_signal();
  void fail(int exit_code, const std::string& sentence);
  void stop();
  void on_drained();
  void end();
  void on_gone();

  io_loops& loops_;
  boost::asio::io_context& home_; // the first loop
  const process_parts& shared_;
  boost::asio::signal_set signals_;
  reloader reloads_;
  std::vector<std::unique_ptr<shard>> shards_;
  std::vector<std::thread> threads_; // of all shards but the first
  size_t left_ = 0;                  // shards that have not done what all must do before the next step
  bool stopping_ = false;
  int exit_code_ = 0;
};

/// One sentence on standard error. @returns the exit code of a process that could not start.
int refuse_to_start(const std::string& sentence);

} // namespace tidings
