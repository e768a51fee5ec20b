// SPDX-License-Identifier: MIT
#include "actors/event_tickets.hpp"

#include "envelopes/errc.hpp"
#include "envelopes/ids.hpp"

namespace tidings {

caf::expected<std::string> event_tickets::issue(const caller& who, clock::time_point now) {
  std::lock_guard guard{mutex_};
  forget(now);
  // Counts those that were redeemed, too: it bounds by_age_.
  if (by_age_.size() >= most) return make_error(errc::too_many_requests, "too many tickets of all callers are open");
  auto& mine = by_owner_[who.owner.str()];
  if (mine >= most_of_one) return make_error(errc::too_many_requests, "too many of your tickets are open; one is good for one stream");
  ++mine;
  auto ticket = make_session_id();
  open_.emplace(ticket, entry{who, now + lifetime});
  by_age_.emplace_back(now + lifetime, ticket);
  return ticket;
}

std::optional<caller> event_tickets::redeem(std::string_view ticket, clock::time_point now) {
  std::lock_guard guard{mutex_};
  forget(now);
  auto i = open_.find(ticket);
  if (i == open_.end()) return std::nullopt;
  auto who = std::move(i->second.who);
  open_.erase(i);
  count_down(who.owner.str());
  return who;
}

void event_tickets::forget(clock::time_point now) {
  for (; !by_age_.empty() && by_age_.front().first <= now; by_age_.pop_front()) {
    auto i = open_.find(by_age_.front().second);
    if (i == open_.end()) continue;
    count_down(i->second.who.owner.str());
    open_.erase(i);
  }
}

void event_tickets::count_down(const std::string& owner) {
  auto i = by_owner_.find(owner);
  if (i != by_owner_.end() && --i->second == 0) by_owner_.erase(i);
}

} // namespace tidings
