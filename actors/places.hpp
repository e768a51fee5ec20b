// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace tidings {

/// So many places at a time for each of whoever comes: connections of an address, streams of an owner. For all threads.
class places {
public:
  /// @param most For one; 0: no limit.
  explicit places(size_t most = 0) : most_{most} {}

  /// A place for `whose`; it is free again when the result is dropped, on any thread, which may be after the end of this.
  /// Null: there is none.
  std::shared_ptr<void> take(const std::string& whose);

  bool limited() const noexcept { return most_ > 0; }
  /// Who holds at least one.
  size_t holders() const;

private:
  struct table {
    std::mutex mutex;
    std::map<std::string, size_t> taken; // under mutex
  };

  size_t most_;
  std::shared_ptr<table> table_ = std::make_shared<table>();
};

} // namespace tidings
