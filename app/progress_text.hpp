// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cmath>
#include <cstdint>
#include <string>

namespace tidings {

/// 1234567 as "1,234,567".
inline std::string with_commas(uint64_t number) {
  auto text = std::to_string(number);
  for (auto i = static_cast<std::ptrdiff_t>(text.size()) - 3; i > 0; i -= 3) text.insert(static_cast<size_t>(i), ",");
  return text;
}

/// "8 s", "3 min 20 s", "2 h 5 min".
inline std::string duration_text(std::chrono::seconds x) {
  auto seconds = x.count();
  if (seconds < 60) return std::to_string(seconds) + " s";
  if (seconds < 3600) return std::to_string(seconds / 60) + " min " + std::to_string(seconds % 60) + " s";
  return std::to_string(seconds / 3600) + " h " + std::to_string(seconds % 3600 / 60) + " min";
}

/// "replaying  120,000 of 480,000  25 %  60,000/s  6 s left". Without an end nothing is said of it; without time, no pace.
inline std::string progress_text(const std::string& what, uint64_t done, uint64_t total, std::chrono::duration<double> elapsed) {
  auto result = what + "  " + with_commas(done);
  if (total > 0) {
    result += " of " + with_commas(total) + "  " + std::to_string(done >= total ? 100 : done * 100 / total) + " %";
  }
  if (elapsed.count() < 0.05 || done == 0) return result;
  auto pace = static_cast<double>(done) / elapsed.count();
  result += "  " + with_commas(static_cast<uint64_t>(std::llround(pace))) + "/s";
  if (total > done)
    result += "  " + duration_text(std::chrono::seconds{std::llround(std::ceil(static_cast<double>(total - done) / pace))}) + " left";
  return result;
}

} // namespace tidings
