// SPDX-License-Identifier: MIT
#include "actors/outcome_history.hpp"

#include <algorithm>

#include "actors/notification_hub.hpp"
#include "envelopes/subjects.hpp"

namespace tidings {

namespace {

std::string owner_of(const net::nats_message& msg) {
  return std::string{subjects::token_at(msg.subject(), 1)};
}

} // namespace

void outcome_history::start_behind(uint64_t position) {
  entries_.clear();
  forget_owners();
  bytes_ = 0;
  floor_ = last_ = position;
}

void outcome_history::add(const net::nats_message& msg, uint64_t sequence) {
  last_ = sequence;
  if (most_.outcomes == 0) {
    floor_ = sequence;
    return;
  }
  bytes_ += msg.data().size();
  entries_.push_back({sequence, msg});
  while (entries_.size() > most_.outcomes || (bytes_ > most_.bytes && !entries_.empty())) drop_oldest();
}

void outcome_history::drop_oldest() {
  auto& oldest = entries_.front();
  floor_ = oldest.sequence;
  bytes_ -= oldest.message.data().size();
  if (dropped_ < noted_)
    if (auto i = by_owner_.find(owner_of(oldest.message)); i != by_owner_.end()) {
      i->second.pop_front();
      if (i->second.empty()) by_owner_.erase(i);
    }
  entries_.pop_front();
  ++dropped_;
}

void outcome_history::note_owners() {
  noted_ = std::max(noted_, dropped_);
  for (; noted_ < dropped_ + entries_.size(); ++noted_) by_owner_[owner_of(entries_[noted_ - dropped_].message)].push_back(noted_);
}

void outcome_history::forget_owners() {
  by_owner_ = {};
  noted_ = 0;
}

missed outcome_history::part_of(const std::string& owner, uint64_t after) {
  note_owners();
  missed result;
  result.up_to = std::max(after, last_);
  result.all = true;
  auto i = by_owner_.find(owner);
  if (i == by_owner_.end()) return result;
  auto& numbers = i->second;
  auto next = std::upper_bound(numbers.begin(), numbers.end(), after,
                               [this](uint64_t position, uint64_t number) { return position < entries_[number - dropped_].sequence; });
  size_t bytes = 0;
  for (; next != numbers.end(); ++next) {
    auto& x = entries_[*next - dropped_];
    auto size = x.message.data().size();
    if (!result.outcomes.empty() && (result.outcomes.size() == part_outcomes || bytes + size > part_bytes)) {
      result.up_to = result.outcomes.back().sequence;
      result.all = false;
      return result;
    }
    bytes += size;
    if (auto outcome = to_notification(x.message, x.sequence)) result.outcomes.push_back(std::move(*outcome));
  }
  return result;
}

} // namespace tidings
