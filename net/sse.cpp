// SPDX-License-Identifier: MIT
#include "net/sse.hpp"

#include <algorithm>

#include "envelopes/token.hpp"

namespace tidings::net {

namespace {

void append_line(std::string& out, std::string_view prefix, std::string_view text) {
  out.append(prefix).append(text).append("\n");
}

/// Writes `text` as one line of `prefix` for each of its lines; at least one.
void append_lines(std::string& out, std::string_view prefix, std::string_view text) {
  while (true) {
    auto end = text.find_first_of("\r\n");
    append_line(out, prefix, text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + (text.substr(end).starts_with("\r\n") ? 2 : 1));
  }
}

} // namespace

std::string sse_comment(std::string_view text) {
  std::string result;
  append_lines(result, ": ", text);
  result += '\n';
  return result;
}

std::string sse_retry(std::chrono::milliseconds wait) {
  return "retry: " + std::to_string(std::max<std::chrono::milliseconds::rep>(wait.count(), 0)) + "\n\n";
}

std::string sse_event(std::string_view id, std::string_view event, std::string_view data) {
  std::string result;
  result.reserve(id.size() + event.size() + data.size() + 32);
  if (is_token(id)) append_line(result, "id: ", id);
  if (is_token(event)) append_line(result, "event: ", event);
  append_lines(result, "data: ", data);
  result += '\n';
  return result;
}

} // namespace tidings::net
