// SPDX-License-Identifier: MIT
#include "actors/own_commands.hpp"

#include <utility>

namespace tidings {

void own_commands::keep(uint64_t sequence, std::unique_ptr<stored_command> command, outgoing_message_ptr message) {
  drop(sequence);
  bytes_ += message->data.size();
  commands_.emplace(sequence, entry{std::move(command), std::move(message)});
  order_.push_back(sequence);
  // What was taken leaves its number behind, so the order is bounded as well.
  while (order_.size() > most_.commands || (bytes_ > most_.bytes && !order_.empty())) {
    drop(order_.front());
    order_.pop_front();
  }
}

std::unique_ptr<stored_command> own_commands::take(uint64_t sequence, std::string_view data) {
  auto found = commands_.extract(sequence);
  if (found.empty()) return nullptr;
  bytes_ -= found.mapped().message->data.size();
  while (!order_.empty() && !commands_.contains(order_.front())) order_.pop_front();
  return found.mapped().message->data == data ? std::move(found.mapped().command) : nullptr;
}

void own_commands::drop(uint64_t sequence) {
  auto i = commands_.find(sequence);
  if (i == commands_.end()) return;
  bytes_ -= i->second.message->data.size();
  commands_.erase(i);
}

} // namespace tidings
