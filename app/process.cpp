// SPDX-License-Identifier: MIT
#include "app/process.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <utility>

#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include "app/log.hpp"
#include "net/busy_poll.hpp"

namespace tidings {

namespace {

void run_shard(size_t number, boost::asio::io_context& io, std::chrono::microseconds busy_poll) noexcept {
  log_as_shard(number);
  try {
    net::run(io, busy_poll);
  } catch (const std::exception& e) {
    // Its clients and its part of the work would be left alone. The embedded server dies with us.
    spdlog::critical("shard {} ended: {}", number, e.what());
    std::_Exit(1);
  }
}

} // namespace

int refuse_to_start(const std::string& sentence) {
  std::cerr << "tidings: " << sentence << '\n';
  return 2;
}

process::process(io_loops& loops, const process_parts& shared, std::shared_ptr<net::tls_identity> tls)
    : loops_{loops}, home_{*loops.front()}, shared_{shared}, signals_{home_, SIGINT, SIGTERM},
      reloads_{home_, shared.options.door,
               [this](const std::vector<signing_key>& keys) {
                 for (auto& x : shards_) on(*x, [keys](shard& self) { self.replace_keys(keys); });
               },
               std::move(tls)} {}

template <class F>
void process::on(shard& x, F f) {
  boost::asio::post(x.io(), [&x, f = std::move(f)]() mutable { f(x); });
}

void process::add_shard(catalog_ptr models, std::shared_ptr<boost::asio::ip::tcp::acceptor> acceptor, std::shared_ptr<gatekeeper> door) {
  auto number = shards_.size();
  if (auto& renewal = reloads_.renewal())
    door->renew_by([renewal, &io = *loops_[number]](std::function<void()> then) {
      // Keys come to the shard by the same way, and before this.
      return renewal->wait([&io, then = std::move(then)] { boost::asio::post(io, then); }, key_renewal::clock::now());
    });
  shard_parts own{number, std::move(models), std::move(acceptor), std::move(door), [this](int exit_code, std::string sentence) {
    boost::asio::post(home_, [this, exit_code, sentence = std::move(sentence)] { fail(exit_code, sentence); });
  }};
  shards_.push_back(std::make_unique<shard>(*loops_[number], shared_, std::move(own)));
  shards_.back()->spawn();
}

int process::run(std::string ready) {
  if (shards_.size() > 1) {
    reporter_peers all;
    for (auto& x : shards_) all.all.push_back(x->line());
    for (auto& x : shards_) x->join(all);
  }
  shards_.front()->announce(std::move(ready));
  stop_on_signal();
  reloads_.start();
  // A loop without work would return before it is told to end its shard.
  std::vector<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work;
  for (auto& loop : loops_) work.emplace_back(loop->get_executor());
  std::chrono::microseconds busy_poll{shared_.options.busy_poll_us};
  for (size_t i = 1; i < shards_.size(); ++i) threads_.emplace_back(run_shard, i, std::ref(*loops_[i]), busy_poll);
  net::run(home_, busy_poll);
  for (auto& thread : threads_) thread.join();
  shards_.clear(); // while the loops are there
  return exit_code_;
}

void process::stop_on_signal() {
  signals_.async_wait([this](boost::system::error_code ec, int number) {
    if (ec) return;
    // A second signal means now. The embedded server dies with us: the kernel sees to that.
    if (stopping_) std::_Exit(128 + number);
    spdlog::info("signal {}: stopping", number);
    stop();
    stop_on_signal();
  });
}

void process::fail(int exit_code, const std::string& sentence) {
  if (stopping_) return;
  exit_code_ = exit_code;
  if (!sentence.empty()) refuse_to_start(sentence);
  stop();
}

// Each step begins when every shard has finished the one before: nats-server goes when nobody needs it any more, and no
// actor system while an actor of another shard may still hold on to one of its own.

void process::stop() {
  if (stopping_) return;
  stopping_ = true;
  left_ = shards_.size();
  for (auto& x : shards_) on(*x, [this](shard& self) { self.stop([this] { boost::asio::post(home_, [this] { on_drained(); }); }); });
}

void process::on_drained() {
  if (--left_ == 0) shards_.front()->stop_server([this] { end(); });
}

void process::end() {
  left_ = shards_.size();
  for (auto& x : shards_) on(*x, [this](shard& self) { self.end([this] { boost::asio::post(home_, [this] { on_gone(); }); }); });
}

void process::on_gone() {
  if (--left_ > 0) return;
  signals_.cancel();
  reloads_.stop();
  for (auto& loop : loops_) loop->stop();
}

} // namespace tidings
