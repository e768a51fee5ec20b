// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/buffer.hpp>

namespace tidings::net {

/// The unsent end of a stream: chunks being written and chunks that wait for them. Chunks are shared, not copied: one
/// event goes to many readers.
class stream_buffer {
public:
  using chunk = std::shared_ptr<const std::string>;

  explicit stream_buffer(size_t bound) : bound_(bound) {}

  /// @returns false when the reader is so far behind that the chunk is not taken. A chunk larger than the bound is
  /// still taken by an empty buffer: otherwise no reader, however fast, could get it.
  bool push(chunk next) {
    if (unsent_ > 0 && unsent_ + next->size() > bound_) return false;
    unsent_ += next->size();
    waiting_.push_back(std::move(next));
    return true;
  }

  bool empty() const noexcept { return unsent_ == 0; }
  bool writing() const noexcept { return !in_flight_.empty(); }

  /// All that waits, for one gather write; to be followed by written().
  std::vector<boost::asio::const_buffer> next_write() {
    in_flight_.swap(waiting_);
    std::vector<boost::asio::const_buffer> result;
    result.reserve(in_flight_.size());
    for (auto& c : in_flight_)
      result.push_back(boost::asio::buffer(*c));
    return result;
  }

  void written() {
    for (auto& c : in_flight_)
      unsent_ -= c->size();
    in_flight_ = {}; // most streams then idle for long
  }

private:
  size_t bound_;
  size_t unsent_ = 0;
  std::vector<chunk> in_flight_;
  std::vector<chunk> waiting_;
};

} // namespace tidings::net
