// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <caf/expected.hpp>

#include "actors/caller.hpp"

namespace tidings {

/// Tickets for event streams: an EventSource can send neither a header nor, to another site, a cookie. A ticket stands in
/// the URL instead, where it may end up in logs, so it counts once and for half a minute. One for a process: a ticket of one
/// thread counts on all.
class event_tickets {
public:
  using clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds lifetime{30};
  static constexpr size_t most = 10'000;   ///< At a time, of all callers.
  static constexpr size_t most_of_one = 32; ///< At a time, of one owner.

  /// @returns the ticket: 128 random bits; `too_many_requests` when as many are open.
  caf::expected<std::string> issue(const caller& who, clock::time_point now);

  /// Whom the ticket is of; it counts no more.
  std::optional<caller> redeem(std::string_view ticket, clock::time_point now);


  size_t size() {
    std::lock_guard guard{mutex_};
    return open_.size();
  }

private:
  struct entry {
    caller who;
    clock::time_point ends;
  };

  void forget(clock::time_point now);
  void count_down(const std::string& owner);

  std::mutex mutex_; // everything below
  std::map<std::string, entry, std::less<>> open_;
  std::deque<std::pair<clock::time_point, std::string>> by_age_; // also names tickets that were redeemed
  std::map<std::string, size_t, std::less<>> by_owner_;
};

} // namespace tidings
