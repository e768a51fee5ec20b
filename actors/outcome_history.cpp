// SPDX-License-Identifier: MIT
#include "actors/outcome_history.hpp"

#include <algorithm>

#include "actors/notification_hub.hpp"
#include "envelopes/subjects.hpp"

namespace tidings {

size_t outcome_history::entry::size() const noexcept {
  return own ? own->data.size() : message.data().size();
}

std::string_view outcome_history::entry::subject() const noexcept {
  return own ? std::string_view{own->subject} : message.subject();
}

std::string outcome_history::entry::owner() const {
  return std::string{subjects::token_at(subject(), 1)};
}

std::optional<notification> outcome_history::entry::outcome() const {
  return own ? to_notification(stored_outcome{own, sequence}) : to_notification(message, sequence);
}

void outcome_history::start_behind(uint64_t position) {
  entries_.clear();
  forget_owners();
  bytes_ = 0;
  floor_ = last_ = position;
}

void outcome_history::add(const net::nats_message& msg, uint64_t sequence) {
  add(entry{sequence, msg, nullptr});
}

void outcome_history::add(const stored_outcome& own) {
  add(entry{own.sequence, {}, own.what});
}

void outcome_history::add(entry x) {
  last_ = x.sequence;
  if (most_.outcomes == 0) {
    floor_ = x.sequence;
    return;
  }
  bytes_ += x.size();
  entries_.push_back(std::move(x));
  while (entries_.size() > most_.outcomes || (bytes_ > most_.bytes && !entries_.empty())) drop_oldest();
}

void outcome_history::drop_oldest() {
  auto& oldest = entries_.front();
  floor_ = oldest.sequence;
  bytes_ -= oldest.size();
  if (dropped_ < noted_)
    if (auto i = by_owner_.find(oldest.owner()); i != by_owner_.end()) {
      i->second.pop_front();
      if (i->second.empty()) by_owner_.erase(i);
    }
  entries_.pop_front();
  ++dropped_;
}

void outcome_history::note_owners() {
  noted_ = std::max(noted_, dropped_);
  for (; noted_ < dropped_ + entries_.size(); ++noted_) by_owner_[entries_[noted_ - dropped_].owner()].push_back(noted_);
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
    auto size = x.size();
    if (!result.outcomes.empty() && (result.outcomes.size() == part_outcomes || bytes + size > part_bytes)) {
      result.up_to = result.outcomes.back().sequence;
      result.all = false;
      return result;
    }
    bytes += size;
    if (auto outcome = x.outcome()) result.outcomes.push_back(std::move(*outcome));
  }
  return result;
}

} // namespace tidings
