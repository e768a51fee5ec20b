// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nats/nats.h>

namespace tidings::net {

/// Destroys `msg` later, on this thread, together with others: at 4,096 messages or 4 MiB. nats.c frees messages on a
/// thread of its own and wakes it whenever its queue was empty: destroyed one by one, every message costs two context
/// switches.
void destroy_later(natsMsg* msg) noexcept;

/// A received message. Cheap to copy: copies share it.
class nats_message {
public:
  nats_message() = default;
  explicit nats_message(natsMsg* owned) : msg_{owned, destroy_later} {}

  explicit operator bool() const noexcept { return msg_ != nullptr; }
  std::string_view subject() const noexcept;
  std::string_view reply() const noexcept; ///< Empty if no answer is wanted.
  std::string_view data() const noexcept;
  /// First value of a header; empty if there is none.
  std::string_view header(const char* name) const noexcept;
  /// A status message's code ("100" heartbeat or flow control, "404", "503" no responders); 0 for ordinary messages.
  int status() const noexcept;

private:
  std::shared_ptr<natsMsg> msg_;
};

/// What a header of ours says. Whatever it is made of, no control character gets into it: a CR or LF would begin a header of its own.
/// `token` refuses such text long before; this holds for what never passed there.
class header_value {
public:
  header_value(std::string text);                               // NOLINT: every text is one
  header_value(std::string_view text) : header_value{std::string{text}} {} // NOLINT
  header_value(const char* text) : header_value{std::string{text}} {}      // NOLINT

  const std::string& str() const noexcept { return text_; }
  const char* c_str() const noexcept { return text_.c_str(); }

  friend bool operator==(const header_value& x, const header_value& y) = default;

private:
  std::string text_;
};

/// Header names are literals of ours.
using nats_headers = std::vector<std::pair<const char*, header_value>>;

/// First value of a header; empty if there is none.
std::string_view value_of(const nats_headers& headers, std::string_view name) noexcept;

/// What JetStream tells about a delivery in its reply subject.
struct delivery_info {
  uint64_t delivered = 0;       ///< 1 for the first delivery.
  uint64_t stream_sequence = 0;
  uint64_t consumer_sequence = 0;
  uint64_t timestamp_ns = 0;    ///< When the stream stored it, nanoseconds since 1970.
  uint64_t pending = 0;         ///< Messages that wait behind this one.
};

/// Reads `$JS.ACK....` in both forms (9 tokens, and 11 or more with domain and account hash).
std::optional<delivery_info> parse_delivery(std::string_view reply) noexcept;

} // namespace tidings::net
