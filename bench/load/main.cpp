// SPDX-License-Identifier: MIT
// The load generator of bench/run.mjs for what wrk cannot do.
#include <CLI/CLI.hpp>
#include <boost/asio/ip/address.hpp>

#include "bench/load/measuring.hpp"
#include "bench/load/modes.hpp"

using namespace tidings::bench;

namespace {

/// Options of everything that speaks HTTP.
void add_target(CLI::App& mode, http_target& x) {
  mode.add_option_function<uint16_t>(
          "--port",
          [&x](const uint16_t& port) {
            x.server = {boost::asio::ip::address_v4::loopback(), port};
          },
          "Port on 127.0.0.1")
      ->required();
  mode.add_option("--header", x.headers, "A header of every request, as 'Name: value'");
}

} // namespace

int main(int argc, char** argv) try {
  CLI::App app{"Load for bench/run.mjs"};
  app.require_subcommand(1);

  open_loop_options open;
  auto* open_mode = app.add_subcommand("open", "Requests at a fixed rate");
  add_target(*open_mode, open.target);
  open_mode->add_option("--method", open.method)->capture_default_str();
  open_mode->add_option("--path", open.path)->required();
  open_mode->add_option("--body", open.body);
  open_mode->add_option("--connections", open.connections)->capture_default_str();
  open_mode->add_option("--rate", open.rate)->check(CLI::PositiveNumber)->capture_default_str();
  open_mode->add_option("--seconds", open.seconds)->capture_default_str();
  open_mode->add_option("--warm-up", open.warm_up)->capture_default_str();
  open_mode->add_option("--events", open.events_path, "Path of the event stream that brings the outcomes");

  listen_options streams;
  auto* listen_mode = app.add_subcommand("listen", "Event streams and what one outcome to all of them takes");
  add_target(*listen_mode, streams.target);
  listen_mode->add_option("--path", streams.path)->required();
  listen_mode->add_option("--listeners", streams.listeners)->check(CLI::PositiveNumber)->capture_default_str();
  listen_mode->add_option("--publish", streams.publish_path)->required();
  listen_mode->add_option("--body", streams.publish_body)->required();

  bus_options requests;
  auto* bus_mode = app.add_subcommand("bus", "Requests over NATS");
  bus_mode->add_option("--nats", requests.url)->required();
  bus_mode->add_option("--subject", requests.subject)->required();
  bus_mode->add_option("--body", requests.body)->required();
  bus_mode->add_option("--in-flight", requests.in_flight)->check(CLI::PositiveNumber)->capture_default_str();
  bus_mode->add_option("--seconds", requests.seconds)->capture_default_str();
  bus_mode->add_option("--warm-up", requests.warm_up)->capture_default_str();

  fill_options documents;
  auto* fill_mode = app.add_subcommand("fill", "Documents into a bucket");
  fill_mode->add_option("--nats", documents.url)->required();
  fill_mode->add_option("--bucket", documents.bucket)->capture_default_str();
  fill_mode->add_option("--documents", documents.documents)->capture_default_str();

  CLI11_PARSE(app, argc, argv);
  if (*open_mode)
    open_loop(open);
  else if (*listen_mode)
    listen(streams);
  else if (*bus_mode)
    bus(requests);
  else
    fill(documents);
  return 0;
} catch (const std::exception& e) {
  std::cerr << e.what() << std::endl;
  return 1;
}
