// SPDX-License-Identifier: MIT
// Runs commands through Tidings without sockets and without nats-server, for bench/instructions/check to count what a
// command costs. By itself it prints the time: bench_instructions MODEL [COMMANDS].
#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>

#include <caf/actor_system_config.hpp>
#include <nats/nats.h>
#include <spdlog/spdlog.h>

#include "bench/instructions/command_path.hpp"
#include "envelopes/errc.hpp"
#include "net/io_scheduler.hpp"

using namespace tidings;

namespace {

constexpr std::string_view body = R"({"name":"Ghent","category":"City","description":"Three towers"})";

std::string post() {
  return "POST /commands/CreateLocation HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nPrefer: wait=30\r\nContent-Type: "
         "application/json\r\n"
         "Content-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + std::string{body};
}

} // namespace

/// What callgrind counts: everything in here. Not in a namespace, so that --toggle-collect can name it.
extern "C" __attribute__((noinline)) void bench_counted_commands(bench::command_path& path, const std::string& request,
                                                                 int count) {
  for (int i = 0; i < count; ++i)
    path.run(request);
}

int main(int argc, char** argv) try {
  if (argc < 2) throw std::runtime_error{"usage: bench_instructions MODEL [COMMANDS]"};
  std::ifstream file{argv[1]};
  if (!file) throw std::runtime_error{std::string{"cannot read "} + argv[1]};
  const std::string model{std::istreambuf_iterator<char>{file}, {}};
  int count = argc > 2 ? std::stoi(argv[2]) : 1000;
  nats_Open(-1);
  spdlog::set_level(spdlog::level::warn);
  boost::asio::io_context io{1};
  caf::actor_system_config config;
  register_errors(config);
  net::io_scheduler::install(config, io);
  caf::actor_system system{config};
  bench::command_path path{io, system, model};
  auto request = post();
  bench_counted_commands(path, request, 200); // tables and buffers grow to their size
  auto began = std::chrono::steady_clock::now();
  bench_counted_commands(path, request, count);
  std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - began;
  std::cout << count << " commands, " << took.count() / count << " us each\n";
} catch (const std::exception& e) {
  std::cerr << "bench_instructions: " << e.what() << '\n';
  return 1;
}
