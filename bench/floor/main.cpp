// SPDX-License-Identifier: MIT
// The floor of awaited commands: prints "measuring", "measured" and one line of JSON.
#include <iostream>

#include <CLI/CLI.hpp>
#include <boost/asio/steady_timer.hpp>

#include "bench/cpu_time.hpp"
#include "bench/floor/pipeline.hpp"

using namespace tidings;
using namespace tidings::bench;

int main(int argc, char** argv) try {
  pipeline_options options;
  double warm_up = 1, seconds = 5;
  CLI::App app{"The NATS work of Tidings' commands and nothing else"};
  app.add_option("--nats", options.url, "nats-server with JetStream and no streams yet")->required();
  app.add_option("--in-flight", options.in_flight, "Commands under way")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  app.add_flag("--read-model", options.read_model, "Also follow the bucket");
  app.add_option("--warm-up", warm_up, "Seconds before measuring")->capture_default_str();
  app.add_option("--seconds", seconds, "Seconds to measure")->capture_default_str();
  CLI11_PARSE(app, argc, argv);

  boost::asio::io_context io{1};
  boost::asio::steady_timer timer{io};
  pipeline work{io, options};
  std::chrono::microseconds cpu{};
  clock::time_point began;
  auto in = [](double x) { return std::chrono::duration_cast<clock::duration>(std::chrono::duration<double>{x}); };
  clock::time_point give_up_at;
  std::function<void(boost::system::error_code)> wait_until_idle = [&](boost::system::error_code) {
    if (work.idle() || clock::now() > give_up_at) return io.stop();
    timer.expires_after(in(0.01));
    timer.async_wait(wait_until_idle);
  };
  auto finish = [&](boost::system::error_code) {
    auto took = std::chrono::duration<double>(clock::now() - began).count();
    auto used = cpu_time() - cpu;
    std::cout << "measured" << std::endl;
    auto result = work.latencies().summary();
    auto commands = work.latencies().count();
    result["seconds"] = took;
    result["per_second"] = static_cast<double>(commands) / took;
    result["cpu_us"] = commands == 0 ? 0 : static_cast<double>(used.count()) / static_cast<double>(commands);
    std::cout << result.dump() << std::endl;
    // The rest comes home, so that the streams can be counted.
    work.stop();
    give_up_at = clock::now() + in(10);
    wait_until_idle({});
  };
  auto measure = [&](boost::system::error_code) {
    work.begin_measuring();
    cpu = cpu_time();
    began = clock::now();
    std::cout << "measuring" << std::endl;
    timer.expires_after(in(seconds));
    timer.async_wait(finish);
  };
  timer.expires_after(in(15));
  timer.async_wait([&](boost::system::error_code ec) {
    if (!ec) throw std::runtime_error{"floor: no NATS server at " + options.url};
  });
  work.start([&] {
    timer.expires_after(in(warm_up));
    timer.async_wait(measure);
  });
  io.run();
  if (!work.idle()) throw std::runtime_error{"floor: some commands never came home"};
  return 0;
} catch (const std::exception& e) {
  std::cerr << e.what() << std::endl;
  return 1;
}
