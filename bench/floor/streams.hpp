// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace tidings::bench {

/// Where the consumers deliver to.
struct deliver_subjects {
  std::string commands, notifications;
  std::string entries; ///< Empty: nobody follows the bucket.
};

/// Makes COMMANDS, NOTIFICATIONS, DEAD_LETTERS and the bucket as Tidings makes them, and its consumers, over a
/// connection that is closed again. bench/run.mjs compares the server's view of them with Tidings' and refuses to go on
/// if they differ. Throws std::runtime_error with JetStream's own words.
void make_streams(const std::string& url, const deliver_subjects& deliver);

} // namespace tidings::bench
