// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>

#include <caf/error.hpp>

#include "app/nats_calls.hpp"

namespace tidings {

/// What to read of a stream, in order.
struct stream_range {
  std::string stream;
  std::string filter;       ///< Of subjects.
  uint64_t from = 1;        ///< First sequence.
  uint64_t to = 0;          ///< Last sequence; what comes later is left out.
  bool last_of_each = false;///< Only the last message of each subject; `from` does not count then.
};

/// Calls `visit` with each message until the end, or until it returns an error. Blocking; what gets lost on the way is fetched
/// again.
/// @returns that error, `errc::unavailable` when it cannot be read, `errc::outcome_unknown` when nothing comes within the
///          calls' timeout.
caf::error read_stream(const nats_calls& calls, const stream_range& range,
                       const std::function<caf::error(const net::nats_message&, const net::delivery_info&)>& visit);

} // namespace tidings
