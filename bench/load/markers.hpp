// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace tidings::bench {

/// The key of a document that `fill` makes.
inline std::string key_of(uint64_t number) {
  auto digits = std::to_string(number);
  return "doc-" + std::string(7 - std::min<size_t>(digits.size(), 7), '0') + digits;
}

/// Puts `number` in place of each `{n}`, and one of a thousand keys as `fill` makes them in place of `{k}`.
inline std::string fill_in(std::string_view text, uint64_t number) {
  std::string out;
  for (;;) {
    auto next = text.find('{');
    while (next != std::string_view::npos && !text.substr(next).starts_with("{n}") &&
           !text.substr(next).starts_with("{k}"))
      next = text.find('{', next + 1);
    out.append(text.substr(0, next));
    if (next == std::string_view::npos) return out;
    out.append(text[next + 1] == 'n' ? std::to_string(number) : key_of(number % 1000));
    text.remove_prefix(next + 3);
  }
}

/// Finds the numbers of commands in the text of an event stream, which comes in any pieces. A command is marked by the
/// document's name, `n-<number>`, so any contestant's event can be told apart by it. An event has each marker once.
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
