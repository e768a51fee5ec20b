// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "bench/load/http_client.hpp"

/// What the load generator can do. Each prints "measuring" and "measured" around what counts, then one line of JSON;
/// each throws std::runtime_error when the work was not done, since a figure of failures says nothing.
namespace tidings::bench {

struct open_loop_options {
  http_target target;
  std::string method = "POST", path, body; ///< `{n}` becomes the number of the request, `{k}` a key.
  unsigned connections = 64;
  double rate = 1000; ///< Requests a second, whatever comes back.
  double seconds = 5, warm_up = 1;
  std::string events_path; ///< Also measure until the outcome comes by this event stream.
};

/// Sends at a fixed rate and measures from when a request should have been sent, so that a server that stalls is
/// charged for everybody who had to wait (no coordinated omission). The service time alone is told beside it.
void open_loop(const open_loop_options& options);

struct listen_options {
  http_target target;
  std::string path; ///< Of the event stream.
  unsigned listeners = 1000;
  std::string publish_path, publish_body; ///< What makes one event for all of them.
};

/// Opens event streams and says so; then obeys lines on standard input: "round" sends one outcome to all of them and
/// measures when each was told, "quit" ends.
void listen(const listen_options& options);

struct bus_options {
  std::string url;
  std::string subject; ///< commands.{Type} or queries.{Type}.
  std::string body;    ///< The payload as JSON; the envelope is put around it.
  unsigned in_flight = 64;
  double seconds = 5, warm_up = 1;
};

/// Requests over NATS, always `in_flight` under way on one connection.
void bus(const bus_options& options);

struct fill_options {
  std::string url;
  std::string bucket = "locations";
  uint64_t documents = 100'000;
};

/// Writes documents into a bucket.
void fill(const fill_options& options);

} // namespace tidings::bench
