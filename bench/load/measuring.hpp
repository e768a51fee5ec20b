// SPDX-License-Identifier: MIT
#pragma once

#include <iostream>
#include <string_view>

#include "bench/histogram.hpp"

namespace tidings::bench {

inline clock::duration seconds(double x) {
  return std::chrono::duration_cast<clock::duration>(std::chrono::duration<double>{x});
}

inline double seconds_since(clock::time_point x) { return std::chrono::duration<double>{clock::now() - x}.count(); }

/// A line for bench/run.mjs, which reads the processes' CPU time at "measuring" and "measured".
inline void tell(std::string_view line) { std::cout << line << std::endl; }

} // namespace tidings::bench
