// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>

namespace tidings {

/// So many places at a time for each of whoever comes: connections of an address, streams of an owner. For one thread.
class places {
public:
  /// @param most For one; 0: no limit.
  explicit places(size_t most = 0) : most_{most} {}

  /// A place for `whose`; it is free again when the result is dropped, which may be after the end of this. Null: there is none.
  std::shared_ptr<void> take(const std::string& whose);

  bool limited() const noexcept { return most_ > 0; }
  /// Who holds at least one.
  size_t holders() const noexcept { return taken_->size(); }

private:
  size_t most_;
  std::shared_ptr<std::map<std::string, size_t>> taken_ = std::make_shared<std::map<std::string, size_t>>();
};

} // namespace tidings
