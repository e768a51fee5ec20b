// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "actors/settled_positions.hpp"
#include "envelopes/subjects.hpp"

namespace tidings {

/// Which reactor consumes which partitions of COMMANDS, as all of them agreed: one entry in a bucket, which everybody reads and
/// changes by compare-and-set. Pure.
struct partition_table {
  using partition_array = std::array<std::string, subjects::partitions>;

  std::map<std::string, uint64_t> members; ///< Everybody who takes part, with a number that changes whenever they write.
  partition_array owners;                  ///< By partition: a member, or empty.
  std::string whole; ///< Who consumes the stream as a whole, by one consumer instead of sixteen; then no partition is owned. Or empty.
  settled_positions settled; ///< At most a second old: what a new owner starts behind if the consumer is gone with its server.

  /// @returns none when `text` is not what render() makes; whoever finds such an entry may overwrite it.
  static std::optional<partition_table> parse(std::string_view text);
  std::string render() const;

  /// How many partitions are `member`'s share. All shares together are all partitions; they differ by one at most.
  uint32_t share_of(std::string_view member) const;
  uint32_t owned_by(std::string_view member) const; ///< Partitions; none of them is what is owned as a whole.
  bool is_free() const;                             ///< Nobody owns anything.
  /// Forgets `member`; what was theirs is nobody's.
  void remove(const std::string& member);

  bool operator==(const partition_table&) const = default;
};

} // namespace tidings
