// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace tidings {

/// How far something is, on standard error: one line that is written again on a terminal, a line every few seconds elsewhere.
class progress {
public:
  /// @param quiet Says nothing at all.
  explicit progress(bool quiet);

  void begin(std::string what, uint64_t total);
  void reached(uint64_t done);
  /// The last word on it.
  void end(uint64_t done);

private:
  void say(uint64_t done, bool last);

  bool quiet_;
  bool terminal_;
  std::string what_;
  uint64_t total_ = 0;
  size_t width_ = 0;
  std::chrono::steady_clock::time_point started_, said_;
};

} // namespace tidings
