// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

#include <caf/error.hpp>

#include "net/http_message.hpp"

namespace tidings::net {

/// Bounds on one connection (THREATS.md H1-H5). Deadlines are absolute: a slow byte does not move them.
struct http_limits {
  size_t head_bytes = 8 * 1024;
  size_t target_bytes = 4 * 1024;
  size_t body_bytes = 1024 * 1024; ///< The smaller of this and the NATS server's max_payload less an allowance.
  size_t headers = 64;
  std::chrono::milliseconds head_deadline{10'000};
  std::chrono::milliseconds body_deadline{30'000};
  std::chrono::milliseconds body_grace{5'000};      ///< From here on a body must have come at `body_rate` on average.
  size_t body_rate = 512;                           ///< Bytes a second.
  std::chrono::milliseconds idle_deadline{75'000};  ///< Keep-alive without a request.
  std::chrono::milliseconds write_deadline{30'000}; ///< A response or a stream chunk the peer does not read.
  size_t stream_buffer_bytes = 256 * 1024;          ///< Unsent bytes of a stream before it is cut.
};

/// What the connection tells its owner. All calls come on the connection's executor, never from within a call of the
/// owner into the connection.
class http_handler {
public:
  virtual ~http_handler() = default;
  /// A whole, well-framed request. The next one is read from the socket only after this one was answered.
  virtual void on_request(http_request request) = 0;
  /// A request that must not be acted on; the owner renders the problem and answers, and the connection closes after it.
  virtual void on_bad_request(caf::error why, std::string path) = 0;
  /// The peer closed its side while we owe it a response or a stream: whatever it waits for may end.
  virtual void on_peer_closed() = 0;
  /// A stream's buffer went empty (all chunks written).
  virtual void on_drained() = 0;
  /// The last call: the socket is closed. The handler may be destroyed after it.
  virtual void on_closed() = 0;
};

/// One HTTP/1.1 server connection: framing, limits, deadlines, keep-alive, answers in order. Knows no actor.
/// Keeps itself alive while the socket is open; holds `handler` (shared) until on_closed.
class http_connection : public std::enable_shared_from_this<http_connection> {
public:
  static std::shared_ptr<http_connection> make(boost::asio::ip::tcp::socket socket, http_limits limits,
                                               std::shared_ptr<http_handler> handler);
  virtual ~http_connection() = default;

  virtual void start() = 0;
  /// Adds headers to the answer of the present request, whatever that will be; dropped with the next request.
  virtual void decorate(std::vector<std::pair<std::string_view, std::string>> headers) = 0;
  /// Answers the request that on_request or on_bad_request gave out. HEAD, 204 and 304 are sent without a body.
  virtual void respond(http_response response) = 0;
  /// Answers with an unbounded stream (SSE): head now, then chunks. Always ends with the connection
  /// (`Connection: close`), so no chunked coding is needed.
  virtual void start_stream(http_response head) = 0;
  /// @returns false when the buffer's bound is reached; the connection is then cut.
  virtual bool write_stream(std::shared_ptr<const std::string> chunk) = 0;
  /// Closes after everything written so far was sent.
  virtual void finish_stream() = 0;
  /// Finishes the stream of the present request by itself then (within the pace of check_deadlines): whoever reads it may
  /// do so no longer. A timer for each of thousands of streams would outlive those that end before.
  virtual void end_stream_at(std::chrono::steady_clock::time_point end) = 0;
  /// Answers what is in flight with `Connection: close`, then closes; closes at once when idle.
  virtual void drain() = 0;
  /// Closes now.
  virtual void abort() = 0;
  /// Whether it was ended since the peer did not read.
  virtual bool was_cut() const noexcept { return false; }
  /// To be called about twice a second by one timer for all connections: enforces the deadlines.
  virtual void check_deadlines(std::chrono::steady_clock::time_point now) = 0;
};

} // namespace tidings::net
