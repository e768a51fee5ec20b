// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace tidings::net {

/// Bytes between the socket and the parser: small while a connection is idle, growing up to a bound.
/// Bytes move only inside prepare(), so a read into its result may be under way while others consume.
class read_buffer {
public:
  static constexpr size_t idle_bytes = 2 * 1024;

  explicit read_buffer(size_t bound) : bound_(std::max(bound, idle_bytes)) {}

  std::string_view view() const noexcept { return {data_.get() + begin_, size()}; }
  size_t size() const noexcept { return end_ - begin_; }
  bool empty() const noexcept { return begin_ == end_; }

  void consume(size_t n) noexcept { begin_ += n; }
  void clear() noexcept { begin_ = end_; }

  /// Room for the next read; empty when the bound is reached. No read may be under way.
  /// @param expected how many bytes are known to come: a body is read in larger pieces.
  std::span<char> prepare(size_t expected = 0) {
    if (empty()) {
      begin_ = end_ = 0;
      // What one large request needed is not kept for thousands of idle connections.
      auto wanted = std::clamp(expected, idle_bytes, bound_);
      if (capacity_ < wanted || capacity_ > 2 * wanted) reallocate(wanted);
    } else if (end_ == capacity_) {
      auto wanted = std::clamp(2 * size(), idle_bytes, bound_);
      if (wanted > capacity_) reallocate(wanted);
      if (begin_ > 0) std::memmove(data_.get(), data_.get() + begin_, size());
      end_ = size();
      begin_ = 0;
    }
    return {data_.get() + end_, capacity_ - end_};
  }

  /// `n` bytes were read into what prepare() returned.
  void commit(size_t n) noexcept { end_ += n; }

private:
  void reallocate(size_t capacity) {
    auto other = std::make_unique_for_overwrite<char[]>(capacity);
    if (!empty()) std::memcpy(other.get(), data_.get() + begin_, size());
    data_ = std::move(other);
    capacity_ = capacity;
    end_ = size();
    begin_ = 0;
  }

  size_t bound_;
  std::unique_ptr<char[]> data_;
  size_t capacity_ = 0;
  size_t begin_ = 0;
  size_t end_ = 0;
};

} // namespace tidings::net
