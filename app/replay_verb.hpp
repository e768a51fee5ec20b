// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "app/nats_client_options.hpp"
#include "app/replay.hpp"

namespace tidings {

/// What `tidings replay` is told.
struct replay_options {
  std::string bucket;
  std::vector<std::string> models; ///< Empty: the locations example.
  nats_client_options nats;
  uint32_t timeout_ms = 5'000;     ///< Of one call to NATS.
  uint32_t patience_ms = 30'000;
  uint64_t from_sequence = 0;      ///< 0: from the start.
  replay_settings settings;        ///< The flags.
  bool as_json = false;
};

void add_replay_options(CLI::App& verb, replay_options& options);

/// Rebuilds a bucket from COMMANDS and swaps it in.
/// @returns the exit code: 0 done, 1 not done, 2 wrong usage.
int replay_bucket(const replay_options& options);

} // namespace tidings
