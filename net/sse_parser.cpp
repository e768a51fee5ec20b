// SPDX-License-Identifier: MIT
#include "net/sse_parser.hpp"

#include <charconv>
#include <cstdint>
#include <utility>

namespace tidings::net {

void sse_parser::feed(std::string_view bytes) {
  for (char c : bytes) {
    bool second_of_pair = c == '\n' && after_cr_;
    after_cr_ = c == '\r';
    if (second_of_pair) continue;
    if (c != '\n' && c != '\r') {
      line_ += c;
      continue;
    }
    std::string_view text = line_;
    if (first_line_ && text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    first_line_ = false;
    line(text);
    line_.clear();
  }
}

void sse_parser::reset() {
  line_.clear();
  event_.clear();
  data_.clear();
  id_ = last_id_;
  has_data_ = after_cr_ = false;
  first_line_ = true;
}

void sse_parser::line(std::string_view text) {
  if (text.empty()) return dispatch();
  auto colon = text.find(':');
  if (colon == 0) return; // a comment
  if (colon == std::string_view::npos) return field(text, {});
  auto value = text.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  field(text.substr(0, colon), value);
}

void sse_parser::field(std::string_view name, std::string_view value) {
  if (name == "data") {
    if (std::exchange(has_data_, true)) data_ += '\n';
    data_ += value;
  } else if (name == "event") {
    event_ = value;
  } else if (name == "id") {
    if (value.find('\0') == std::string_view::npos) id_ = value;
  } else if (name == "retry" && value.find_first_not_of("0123456789") == std::string_view::npos) {
    int64_t wait = 0;
    if (std::from_chars(value.data(), value.data() + value.size(), wait).ec == std::errc{})
      retry_ = std::chrono::milliseconds{wait};
  }
}

void sse_parser::dispatch() {
  last_id_ = id_;
  if (has_data_) on_event_({last_id_, event_.empty() ? "message" : event_, data_});
  event_.clear();
  data_.clear();
  has_data_ = false;
}

} // namespace tidings::net
