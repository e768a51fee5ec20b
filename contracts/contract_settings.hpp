// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>

namespace tidings {

/// What the contracts tell about this process beside its models.
struct contract_settings {
  std::string version;                    ///< Of Tidings.
  std::chrono::milliseconds default_wait; ///< Of a command without `Prefer: wait`.
  std::chrono::milliseconds max_wait;     ///< The most that `Prefer: wait` can ask for.
  bool demo = false;                      ///< Whether `Tidings-Delay-Ms` counts.
  bool tokens = false;                    ///< Callers are known by tokens (`--auth jwt`), not by sessions.
  /// Whether a caller may wait for, follow or query live only so much at a time; beyond it 429.
  bool limits_waits = false, limits_streams = false, limits_live_queries = false;
};

} // namespace tidings
