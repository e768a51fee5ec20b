// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "actors/metrics.hpp"
#include "net/http_connection.hpp"

namespace tidings {

/// Writes Server-Sent Events to a connection (DESIGN.md, "SSE").
class sse_writer {
public:
  sse_writer(std::shared_ptr<net::http_connection> connection, metrics_ptr counts, stream_kind kind)
      : connection_{std::move(connection)}, counts_{std::move(counts)}, kind_{kind} {}
  ~sse_writer();
  sse_writer(const sse_writer&) = delete;
  sse_writer& operator=(const sse_writer&) = delete;

  /// Headers, a comment so that they flush, and when to come back.
  /// @param position Given to the client as its place in the stream before the first event; may be empty.
  void begin(std::string_view position);
  bool begun() const noexcept { return begun_; }

  /// @param traceparent W3C Trace Context, as a comment in front of the event; may be empty.
  void event(std::string_view id, std::string_view name, std::string_view data, std::string_view traceparent = {});
  void sign_of_life();
  /// Everything written so far is sent, then the connection closes.
  void finish();

  /// Answers 204: an EventSource then stops coming back.
  void nothing_more();

  /// Whether so much is unsent that a producer should wait for `drained`.
  bool full() const noexcept { return unsent_ > high_water; }
  void drained() noexcept { unsent_ = 0; }

private:
  static constexpr size_t high_water = 64 * 1024;

  void write(std::string text);

  std::shared_ptr<net::http_connection> connection_;
  size_t unsent_ = 0; // since the connection last said that it is empty
  metrics_ptr counts_;
  stream_kind kind_;
  bool begun_ = false;
};

} // namespace tidings
