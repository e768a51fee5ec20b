// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>

#include "actors/places.hpp"

namespace tidings {

/// How many HTTP connections the process takes, altogether and of one peer. For all its threads.
class connection_places : public std::enable_shared_from_this<connection_places> {
public:
  /// @param most_of_one Of one peer (net::peer_name); 0: no limit of its own.
  explicit connection_places(size_t most = 20'000, size_t most_of_one = 0) : most_{most}, by_peer_{most_of_one} {}

  /// A place for a connection of `peer`; it is free again when the result is dropped, on any thread. Null: there is none.
  std::shared_ptr<void> take(const std::string& peer);

  size_t taken() const noexcept { return taken_.load(std::memory_order_relaxed); }

private:
  size_t most_;
  std::atomic<size_t> taken_{0};
  places by_peer_;
};

} // namespace tidings
