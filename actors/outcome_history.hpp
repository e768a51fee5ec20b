// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "actors/messages.hpp"
#include "net/nats_message.hpp"

namespace tidings {

/// The newest outcomes of NOTIFICATIONS, as they came: thousands of event streams that come back at once find here what they missed,
/// where each of them would otherwise make the server walk through its stream. Who owns what is worked out when somebody
/// asks, not for each outcome on its way.
class outcome_history {
public:
  struct limits {
    size_t outcomes = 65'536;
    size_t bytes = 64 * 1024 * 1024; ///< Of documents.
  };
  /// What a reader gets at a time, unless the first is larger.
  static constexpr size_t part_outcomes = 64, part_bytes = 48 * 1024;

  explicit outcome_history(limits most) : most_{most} {}

  /// Begins, or begins anew, behind this position of the stream.
  void start_behind(uint64_t position);
  /// The next message of the stream, as it was delivered, or as this process stored it.
  void add(const net::nats_message& msg, uint64_t sequence);
  void add(const stored_outcome& own);

  /// Everything behind this position is here, up to `last`.
  uint64_t floor() const noexcept { return floor_; }
  uint64_t last() const noexcept { return last_; }
  size_t size() const noexcept { return entries_.size(); }

  /// The next outcomes of `owner` behind `after`, which is not below `floor`. With `all` set these are the last ones.
  missed part_of(const std::string& owner, uint64_t after);
  /// Nobody has asked for a while: who owns what takes no memory until then.
  void forget_owners();

private:
  struct entry {
    uint64_t sequence;
    net::nats_message message; // as delivered, or
    outgoing_message_ptr own;  // as stored

    size_t size() const noexcept;
    std::string_view subject() const noexcept;
    std::string owner() const;
    std::optional<notification> outcome() const;
  };

  void add(entry x);
  void drop_oldest();
  void note_owners();

  limits most_;
  std::deque<entry> entries_;
  size_t bytes_ = 0;
  uint64_t floor_ = 0, last_ = 0;
  uint64_t dropped_ = 0; // entries before entries_.front(), ever: the numbers below count from the first ever
  uint64_t noted_ = 0;   // entries below this number are in by_owner_
  std::unordered_map<std::string, std::deque<uint64_t>> by_owner_; // numbers, rising
};

} // namespace tidings
