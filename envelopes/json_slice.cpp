// SPDX-License-Identifier: MIT
#include "envelopes/json_slice.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "envelopes/plain_json.hpp"

namespace tidings {

namespace {

/// For a text of which only the form matters.
class nothing_built {
public:
  bool null() { return true; }
  bool boolean(bool) { return true; }
  bool number_integer(int64_t) { return true; }
  bool number_unsigned(uint64_t) { return true; }
  bool string(const std::string&) { return true; }
  bool key(const std::string&) { return true; }
  bool start_object(size_t) { return ++depth_ < deepest; }
  bool start_array(size_t) { return ++depth_ < deepest; }
  bool end_object() { return depth_-- > 0; }
  bool end_array() { return depth_-- > 0; }

private:
  static constexpr size_t deepest = 64; // the reader calls itself
  size_t depth_ = 0;
};

constexpr std::string_view space = " \t\r\n";

/// Goes through valid text, and relies on that it is.
class walk {
public:
  explicit walk(std::string_view text) : rest_{text} {}

  void skip_space() { rest_.remove_prefix(std::min(rest_.find_first_not_of(space), rest_.size())); }

  bool take(char c) {
    skip_space();
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// The next value, or member name, as it is written.
  std::string_view take_value() {
    skip_space();
    auto begin = rest_;
    size_t open = 0;
    do {
      if (rest_.starts_with('"')) skip_string();
      else if (rest_.starts_with('{') || rest_.starts_with('[')) ++open, rest_.remove_prefix(1);
      else if (rest_.starts_with('}') || rest_.starts_with(']')) --open, rest_.remove_prefix(1);
      else if (open > 0) rest_.remove_prefix(std::min(rest_.find_first_of("\"{}[]"), rest_.size()));
      else rest_.remove_prefix(std::min(rest_.find_first_of(",}] \t\r\n"), rest_.size()));
    } while (open > 0 && !rest_.empty());
    return begin.substr(0, begin.size() - rest_.size());
  }

private:
  void skip_string() {
    size_t i = 1;
    for (i = rest_.find_first_of("\"\\", i); i < rest_.size() && rest_[i] == '\\'; i = rest_.find_first_of("\"\\", i)) i += 2;
    rest_.remove_prefix(std::min(i, rest_.size() - 1) + 1);
  }

  std::string_view rest_;
};

} // namespace

bool is_json(std::string_view text) {
  if (nothing_built nothing; plain_json{text, nothing}.read()) return true;
  // The library takes a zero byte for the end of the input and skips a byte order mark; neither is JSON.
  return text.find('\0') == std::string_view::npos && !text.starts_with("\xef\xbb\xbf") && json::accept(text);
}

std::optional<json_slice> json_slice::member(std::string_view name) const {
  walk at{text_};
  if (!at.take('{')) return std::nullopt;
  while (!at.take('}')) {
    json_slice found{at.take_value()};
    at.take(':');
    auto value = at.take_value();
    auto plain = found.plain_string();
    if (plain ? *plain == name : found.value() == name) return json_slice{value};
    if (!at.take(',')) break;
  }
  return std::nullopt;
}

std::optional<std::string_view> json_slice::plain_string() const noexcept {
  if (text_.size() < 2 || text_.front() != '"' || text_.back() != '"') return std::nullopt;
  auto inside = text_.substr(1, text_.size() - 2);
  return inside.find('\\') == std::string_view::npos ? std::optional{inside} : std::nullopt;
}

json json_slice::value() const {
  if (auto plain = plain_string()) return *plain;
  // Ours is quicker with what nearly everybody writes, and stricter than valid.
  constexpr auto any = std::numeric_limits<size_t>::max();
  if (auto value = parse_json(text_, {.members = any, .key_length = any})) return std::move(*value);
  return json::parse(text_, nullptr, false);
}

} // namespace tidings
