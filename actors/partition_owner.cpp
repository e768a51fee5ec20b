// SPDX-License-Identifier: MIT
#include "actors/partition_owner.hpp"

#include <algorithm>
#include <charconv>

#include <spdlog/spdlog.h>

#include "actors/headers.hpp"
#include "actors/stored_message.hpp"
#include "envelopes/errc.hpp"
#include "net/jetstream.hpp"

namespace tidings {

using namespace std::chrono_literals;

namespace {

constexpr auto tick = 250ms;
constexpr auto renew_after = 1s;
constexpr auto late_after = renew_after + 2 * tick; // a write later than this waited for the bucket
constexpr auto give_up_after = 2500ms;
constexpr auto dead_after = 3s;
constexpr auto call_timeout = 1000ms;
constexpr auto calm_after = 10s;       // of being alone

std::string& owner_of(partition_table& table, uint32_t partition) {
  return partition == subjects::partitions ? table.whole : table.owners[partition];
}

std::string subject() {
  return std::string{"$KV."}.append(lease_bucket).append(".reactor");
}

} // namespace

void partition_owner_state::init(partition_owner_options options) {
  options_ = std::move(options);
  member_ = options_.process + '-' + std::to_string(options_.shard);
  ticked_ = self_->clock().now();
  self_->send(options_.gateway, follow_connection{self_});
  report();
}

void partition_owner_state::on_streams() {
  streams_ = true;
  revision_ = 0; // the bucket may have been made anew
  look();
}

void partition_owner_state::on_connection(const connection_change& x) {
  connected_ = x.connected;
  looking_ = writing_ = false; // whatever was open has failed
  look();
  report();
}

// ---- The agreement -------------------------------------------------------------------------------------------------

void partition_owner_state::look() {
  if (!connected_ || !streams_ || looking_ || writing_ || (leaving_ && !left_.pending())) return;
  looking_ = true;
  self_->send(options_.gateway, nats_request{net::jetstream::api(std::string{"STREAM.MSG.GET.KV_"} + lease_bucket), {},
                                             json{{"last_by_subj", subject()}}.dump(), call_timeout, self_, 0});
}

void partition_owner_state::on_reply(const nats_reply& x) {
  if (!std::exchange(looking_, false) || x.error) return;
  auto entry = parse_stored_message(x.message.data());
  if (!entry) return;
  uint64_t revision = 0; // when there is none
  auto text = entry->header("Nats-Sequence");
  std::from_chars(text.data(), text.data() + text.size(), revision);
  if (revision < revision_) return; // by a leader of before
  revision_ = revision;
  bool there = entry->status() == 0 && entry->header(entry_headers::operation).empty();
  auto found = there ? partition_table::parse(entry->data()) : partition_table{};
  if (!found) spdlog::error("{} holds no table of partitions; it is written anew", subject());
  table_ = std::move(found).value_or(partition_table{});
  take_signs();
  decide();
}

void partition_owner_state::take_signs() {
  std::erase_if(signs_, [this](auto& x) { return !table_.members.contains(x.first); });
  for (auto& [member, beat] : table_.members) {
    auto [i, first] = signs_.try_emplace(member, sign{beat, active_});
    if (i->second.beat != beat) i->second = {beat, active_};
  }
}

bool partition_owner_state::is_dead(const std::string& member) const {
  if (member == member_) return false;
  if (options_.own_server && !member.starts_with(options_.process + '-')) return true;
  auto i = signs_.find(member);
  return i != signs_.end() && active_ - i->second.seen >= dead_after;
}

void partition_owner_state::decide() {
  lose([this](uint32_t p) { return owner_of(table_, p) != member_; });
  auto next = table_;
  for (auto& [member, beat] : table_.members)
    if (is_dead(member)) next.remove(member);
  ++next.members[member_];
  for (uint32_t p = 0; p < subjects::partitions; ++p) next.settled.note(p, settled_.incarnation, settled_.up_to[p]);
  for (uint32_t p = 0; p < places_.size(); ++p)
    if (places_[p].at == hold::finished) owner_of(next, p).clear();
  bool alone = !leaving_ && next.members.size() == 1;
  if (!alone) alone_since_.reset();
  else if (!alone_since_) alone_since_ = self_->clock().now();
  claim(next);
  bool gone = leaving_ && next.owned_by(member_) == 0 && next.whole != member_;
  if (gone) next.remove(member_);
  bool news = gone || next.owners != table_.owners || next.whole != table_.whole || next.members.size() != table_.members.size();
  for (uint32_t p = 0; p < places_.size(); ++p)
    news |= owner_of(next, p) == member_ && (places_[p].at == hold::none || places_[p].at == hold::finished);
  if (news || self_->clock().now() - written_ >= renew_after) write(std::move(next));
}

void partition_owner_state::claim(partition_table& next) {
  auto share = leaving_ ? 0 : next.share_of(member_);
  bool everything = share == subjects::partitions;
  if (!next.whole.empty()) {
    if (next.whole == member_ && !everything) give_up(subjects::partitions);
    return; // somebody else will share it out, as we would
  }
  if (everything && next.is_free()) {
    next.whole = member_;
    return;
  }
  // The other one died a while ago. What it left should be settled by now, so that little comes twice.
  if (everything && self_->clock().now() - *alone_since_ >= calm_after) return give_up_more_than(0);
  for (auto& owner : next.owners)
    if (owner.empty() && next.owned_by(member_) < share) owner = member_;
  give_up_more_than(share);
}

void partition_owner_state::write(partition_table next) {
  writing_ = true;
  sent_ = self_->clock().now();
  next_ = std::move(next);
  outgoing_message out{subject(), {{entry_headers::expected, std::to_string(revision_)}}, next_.render()};
  self_->send(options_.gateway, publish{std::make_shared<const outgoing_message>(std::move(out)), call_timeout, self_, 0});
}

void partition_owner_state::on_published(const published& x) {
  if (!std::exchange(writing_, false)) return;
  if (x.error) {
    // Somebody was quicker: what they wrote is to be read first. Whether anything else was written, the next look tells.
    if (code_of(x.error) == errc::wrong_revision) look();
    return;
  }
  revision_ = x.sequence;
  if (written_ != clock_time{}) active_ += std::min<clock_time::duration>(sent_ - written_, late_after);
  written_ = sent_;
  table_ = std::move(next_);
  adopt();
}

// ---- What is ours --------------------------------------------------------------------------------------------------

void partition_owner_state::adopt() {
  bool changed = !std::exchange(joined_, true);
  std::vector<std::pair<uint32_t, uint64_t>> taken; // and in which tenure
  for (uint32_t p = 0; p < places_.size(); ++p) {
    auto& x = places_[p];
    bool mine = owner_of(table_, p) == member_;
    if (mine && (x.at == hold::none || x.at == hold::finished)) {
      x = {hold::held, x.tenure + 1, false, self_->clock().now(), {}};
      taken.emplace_back(p, x.tenure);
      changed = true;
    } else if (!mine && x.at != hold::none) {
      x.at = hold::none; // finished, and given away
      changed = true;
    }
  }
  if (changed) say();
  if (!taken.empty()) grant(std::move(taken));
  report();
  if (leaving_ && !table_.members.contains(member_) && left_.pending()) left_.deliver(true);
}

caf::result<bool> partition_owner_state::leave() {
  leaving_ = true;
  left_ = self_->make_response_promise<bool>();
  auto promise = left_;
  if (!connected_ || !joined_) {
    for (uint32_t p = 0; p < places_.size(); ++p) give_up(p);
    if (count(hold::finishing) == 0) left_.deliver(false);
  }
  look();
  return promise;
}

void partition_owner_state::on_tick() {
  auto now = self_->clock().now();
  bool was_paused = now - std::exchange(ticked_, now) > give_up_after;
  if (was_paused || (!connected_ && now - written_ > give_up_after)) lose([](uint32_t) { return true; });
  look();
  report();
  self_->delayed_send(self_, tick, tick_atom::value);
}

partition_owner_actor::behavior_type partition_owner(partition_owner_ptr self, partition_owner_options options) {
  self->state.init(std::move(options));
  self->delayed_send(self, tick, tick_atom::value);
  return {
    [self](const streams_ready&) { self->state.on_streams(); },
    [self](const connection_change& x) { self->state.on_connection(x); },
    [self](const nats_reply& x) { self->state.on_reply(x); },
    [self](const published& x) { self->state.on_published(x); },
    [self](const partition_report& x) { self->state.on_report(x); },
    [self](drain_atom) { return self->state.leave(); },
    [self](tick_atom) { self->state.on_tick(); },
  };
}

} // namespace tidings
