// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tidings::bench {

/// The messages of one CreateLocation, byte for byte as long as Tidings' own, put together without a JSON library.
struct command_texts {
  std::string id;  ///< cmd-<uuid>; its first eight digits are the slot, so that any subject leads back to it.
  std::string key; ///< The uuid.
  std::string command_subject;
  std::string command;
  std::string entry_subject;
  std::string entry;
  std::string outcome_subject;
};

command_texts make_texts(uint32_t slot);

/// @param revision What the bucket said.
std::string outcome_text(const command_texts& x, uint64_t revision);

/// The slot in the last token of `subject`, which is an id or a key.
uint32_t slot_in(std::string_view subject) noexcept;

} // namespace tidings::bench
