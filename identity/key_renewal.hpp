// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace tidings {

/// When the issuer is asked for its keys: at set times, and when a token names a key that is not known. The latter is what
/// everybody can send, so it happens once in a while at most, and one answer serves all who wait for it. For all threads.
class key_renewal : public std::enable_shared_from_this<key_renewal> {
public:
  using clock = std::chrono::steady_clock;
  static constexpr size_t most_waiting = 256; ///< Requests held until the keys are here; more are answered as they are.

  /// @param fetch Asks for the keys, puts them where they count, and calls what it is given when that is done or has failed.
  ///   Called on the thread of whoever needs them.
  /// @param cooldown After the issuer was asked, for this long no token makes us ask again.
  key_renewal(std::function<void(std::function<void()>)> fetch, clock::duration cooldown) : fetch_{std::move(fetch)}, cooldown_{cooldown} {}

  /// It is time to ask. Nothing happens while an answer is due.
  void renew(clock::time_point now);

  /// A token names an unknown key. @returns false when asking would be too soon: the token does not count. Otherwise
  /// `then` is called once, when the answer is here, whatever it was, on the thread that brought it.
  bool wait(std::function<void()> then, clock::time_point now);

private:
  void ask();
  void finish();
  bool begin(clock::time_point now); // under mutex_

  std::function<void(std::function<void()>)> fetch_;
  clock::duration cooldown_;
  std::mutex mutex_;
  std::optional<clock::time_point> asked_; // this and below: under mutex_
  bool asking_ = false;
  std::vector<std::function<void()>> waiting_;
};

} // namespace tidings
