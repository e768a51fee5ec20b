// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include <CLI/CLI.hpp>

#include "app/nats_client_options.hpp"

namespace tidings {

/// What `tidings dead` is told.
struct dead_options {
  enum class deed : uint8_t { list, show, retry, drop } what = deed::list;
  nats_client_options nats;
  uint32_t timeout_ms = 5'000; ///< Of one call to NATS.
  std::string type;            ///< Only letters of this type; empty: of all.
  std::string id;              ///< Of the command; empty for `list` and with `all`.
  bool all = false;            ///< Retry every letter of `type`.
  uint32_t limit = 100;        ///< The most that `list` prints.
  bool as_json = false;
};

/// Declares `list`, `show`, `retry` and `drop` under `verb`.
void add_dead_options(CLI::App& verb, dead_options& options);

/// Looks at dead letters, puts their commands back, or drops them.
/// @returns the exit code: 0 done, 1 not found or not done, 2 wrong usage.
int dead(const dead_options& options);

} // namespace tidings
