// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include <CLI/CLI.hpp>

#include "app/nats_client_options.hpp"

namespace tidings {

/// What `tidings send` and `tidings query` are told.
struct client_options {
  std::string type;
  std::string payload = "{}"; ///< JSON, "-" for standard input, or "@file".
  nats_client_options nats;
  uint32_t timeout_ms = 0; ///< Until the outcome must be known.
  std::string service_id = "cli";
  std::string id; ///< Of the command; empty: made here.
};

void add_send_options(CLI::App& verb, client_options& options);
void add_query_options(CLI::App& verb, client_options& options);

/// Print the answer on standard output, and what happens meanwhile on standard error.
/// @returns the exit code: 0 completed, 1 failed, 2 wrong usage, 3 the outcome is not known yet.
int send(const client_options& options);
int query(const client_options& options);

} // namespace tidings
