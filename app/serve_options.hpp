// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include "actors/durability.hpp"
#include "app/door_options.hpp"
#include "net/nats_secrets.hpp"

namespace tidings {

/// What `tidings serve` is told: by the command line, then the environment (`TIDINGS_*`), then a file (`--config`).
struct serve_options {
  std::string listen = "127.0.0.1:8080";
  std::string nats = "embedded";       ///< A URL, or "embedded".
  net::nats_secrets nats_secrets;
  std::string store = ".tidings";      ///< Of the embedded server.
  durability promise = durability::os; ///< What an acknowledged command survives.
  std::vector<std::string> models;     ///< Empty: the locations example.
  std::vector<std::string> roles{"gateway", "reactor"}; ///< What this process does; both by default.
  uint32_t threads = 1;                ///< Shards that share nothing, each with a thread and a NATS connection of its own.
  uint32_t busy_poll_us = 0;           ///< How long a thread looks for what comes next before it sleeps.
  uint32_t default_wait_ms = 0;
  uint32_t max_wait_ms = 30'000;
  uint64_t max_backlog = 100'000;      ///< Commands that may wait to be handled, anywhere; beyond it new ones are refused. 0: no limit.
  bool demo = false;                   ///< Lets clients slow handlers down, to show what a slow system feels like.
  door_options door;
  std::string log_level = "info";
  std::string log_format = "text";
};

/// Whether `role` is among the options' roles.
bool has_role(const serve_options& options, std::string_view role);

/// Declares the options on `verb`.
void add_serve_options(CLI::App& verb, serve_options& options);

/// Runs the gateway until a signal ends it.
/// @returns the process's exit code: 0 after an orderly stop, 2 when it could not start (one sentence on stderr says why).
int serve(const serve_options& options);

} // namespace tidings
