// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace tidings::net {

/// One event as a client sees it.
struct sse_message {
  std::string id;    ///< The last id of the stream so far; may be empty.
  std::string event; ///< "message" when the stream names none.
  std::string data;  ///< Lines joined with LF.
};

/// Reads text/event-stream (WHATWG HTML, 9.2.6), in whatever pieces it comes.
class sse_parser {
public:
  explicit sse_parser(std::function<void(const sse_message&)> on_event) : on_event_{std::move(on_event)} {}

  void feed(std::string_view bytes);

  /// Where to resume after the connection breaks; an event cut short does not count.
  const std::string& last_event_id() const noexcept { return last_id_; }
  /// What the server last asked to wait before connecting again.
  std::optional<std::chrono::milliseconds> retry() const noexcept { return retry_; }
  /// A new connection begins: what was cut short is dropped, the position stays.
  void reset();

private:
  void line(std::string_view text);
  void field(std::string_view name, std::string_view value);
  void dispatch();

  std::function<void(const sse_message&)> on_event_;
  std::string line_, id_, last_id_, event_, data_;
  std::optional<std::chrono::milliseconds> retry_;
  bool has_data_ = false, after_cr_ = false, first_line_ = true;
};

} // namespace tidings::net
