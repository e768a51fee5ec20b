// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

namespace tidings {

/// Whether new commands may come in, by how many wait: not above a limit, and then not before a fifth of the limit is done, so that
/// clients are not let in and turned away in turn. Pure.
class admission {
public:
  /// The longest time a client is sent away for, in seconds: reactors that stand still may go on at any moment.
  static constexpr uint32_t longest_retry = 60;

  /// @param limit Commands; 0: none.
  explicit admission(uint64_t limit) : limit_{limit} {}

  /// Takes the newest count.
  /// @returns whether the answer to `full` has changed.
  bool take(uint64_t waiting);
  /// Nothing is known any more: whoever comes may come in.
  /// @returns whether the answer to `full` has changed.
  bool forget();

  bool full() const noexcept { return full_; }
  /// Half of the limit or more wait: it is worth looking more often.
  bool close() const noexcept { return limit_ > 0 && waiting_ >= limit_ / 2; }
  /// Seconds until there is room again when `rate` commands are settled a second; 1 to `longest_retry`.
  uint32_t retry_after(std::optional<double> rate) const;

private:
  uint64_t low() const noexcept { return limit_ - limit_ / 5; }

  uint64_t limit_;
  uint64_t waiting_ = 0;
  bool full_ = false;
};

} // namespace tidings
