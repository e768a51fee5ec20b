// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "actors/messages.hpp"

namespace tidings {

/// Commands that this process (shard) published a moment ago, as it understood them. Its reactor, when it is the one that gets
/// them delivered, need not read them again. Bounded: the oldest go first, and what is not here is read from the message.
class own_commands {
public:
  struct limits {
    size_t commands = 4096;
    size_t bytes = 8 * 1024 * 1024; ///< Of messages.
  };

  own_commands() : own_commands{limits{}} {}
  explicit own_commands(limits most) : most_{most} {}

  /// The stream has acknowledged `message`, which says `command`, as `sequence`. The command's position is not looked at.
  void keep(uint64_t sequence, std::unique_ptr<stored_command> command, outgoing_message_ptr message);

  /// The command of a delivery, once; its position is the reactor's to fill in. Null when it is not ours, or when the bytes are not
  /// those that were published (of another stream with this name, say).
  std::unique_ptr<stored_command> take(uint64_t sequence, std::string_view data);

  size_t size() const noexcept { return commands_.size(); }

private:
  struct entry {
    std::unique_ptr<stored_command> command;
    outgoing_message_ptr message;
  };

  void drop(uint64_t sequence);

  limits most_;
  std::unordered_map<uint64_t, entry> commands_; // by sequence
  std::deque<uint64_t> order_;                   // as they came; may name some that are gone
  size_t bytes_ = 0;
};

} // namespace tidings
