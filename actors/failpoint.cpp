// SPDX-License-Identifier: MIT
#include "actors/failpoint.hpp"

#ifdef TIDINGS_FAILPOINTS
#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdlib>

#include <unistd.h>
#endif

namespace tidings {

#ifdef TIDINGS_FAILPOINTS

namespace {

/// What TIDINGS_FAILPOINT asks for.
struct order {
  std::string_view name;
  std::atomic<uint64_t> left = 0; ///< Passages until the end.

  order() {
    auto* text = std::getenv("TIDINGS_FAILPOINT");
    if (text == nullptr) return;
    name = text;
    left = 1;
    auto colon = name.find(':');
    if (colon == std::string_view::npos) return;
    left = std::strtoull(text + colon + 1, nullptr, 10);
    name = name.substr(0, colon);
  }
};

} // namespace

void failpoint(std::string_view name) noexcept {
  static order ordered;
  if (ordered.left == 0 || name != ordered.name || --ordered.left != 0) return;
  // Nothing is flushed and no destructor runs, as in a crash.
  ::kill(::getpid(), SIGKILL);
  ::pause();
}

#else

void failpoint(std::string_view) noexcept {}

#endif

} // namespace tidings
