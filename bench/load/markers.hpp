// SPDX-License-Identifier: MIT
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace tidings::bench {

/// Marks one command: it travels in the document's name, so any contestant's event can be told apart by it.
inline std::string marker(uint64_t number) {
  return "\"name\":\"n-" + std::to_string(number) + "\"";
}

/// Puts `number` in place of each `{n}`.
inline std::string fill_in(std::string_view text, uint64_t number) {
  std::string out;
  for (size_t at = 0;;) {
    auto next = text.find("{n}", at);
    out.append(text.substr(at, next - at));
    if (next == std::string_view::npos) return out;
    out.append(std::to_string(number));
    at = next + 3;
  }
}

/// Finds the markers in the text of an event stream, which comes in any pieces. An event has each marker once.
class marker_finder {
public:
  template <class F>
  void feed(std::string_view text, F on_number) {
    rest_.append(text);
    size_t done = 0;
    for (;;) {
      auto at = rest_.find(prefix, done);
      if (at == std::string::npos) break;
      auto end = rest_.find('"', at + prefix.size());
      if (end == std::string::npos) {
        rest_.erase(0, at);
        return;
      }
      uint64_t number = 0;
      std::from_chars(rest_.data() + at + prefix.size(), rest_.data() + end, number);
      done = end;
      on_number(number);
    }
    // A marker may be cut anywhere.
    rest_.erase(0, std::max(done, rest_.size() - std::min(rest_.size(), prefix.size())));
  }

private:
  static constexpr std::string_view prefix = "\"name\":\"n-";
  std::string rest_;
};

} // namespace tidings::bench
