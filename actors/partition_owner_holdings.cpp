// SPDX-License-Identifier: MIT
// What is ours of the stream: taking it, giving it away, and what we say of it.
#include <algorithm>
#include <memory>

#include <spdlog/spdlog.h>

#include "actors/partition_owner.hpp"

namespace tidings {

using namespace std::chrono_literals;

namespace {

constexpr auto finish_time = 5s;   // for commands in flight before a partition goes to somebody else
constexpr auto catch_up_time = 3s; // then a copy that is behind is lived with: compare-and-set guards what is written
constexpr auto takeover_time = 2s; // so long may a partition be between two consumers without making us unready

std::string name_of(uint32_t partition) {
  return partition == subjects::partitions ? std::string{"the COMMANDS stream"} : "partition " + std::to_string(partition) + " of the COMMANDS stream";
}

} // namespace

void partition_owner_state::grant(std::vector<std::pair<uint32_t, uint64_t>> places) {
  // What the owner before us wrote may still be on its way here, and commands are decided by what is here.
  auto missing = std::make_shared<size_t>(options_.read_models.size());
  auto tell = [this, places = std::move(places), missing](bool here) {
    if (!here) spdlog::warn("a bucket's copy may be behind; commands are decided by it all the same");
    if (*missing > 0 && --*missing > 0) return;
    for (auto [p, tenure] : places)
      if (places_[p].at == hold::held && places_[p].tenure == tenure) self_->send(options_.reactors[p], lease_change{true, table_.settled, self_});
  };
  if (*missing == 0) tell(true);
  for (auto& model : options_.read_models)
    self_->request(model, catch_up_time, start_atom::value).then(tell, [tell](const caf::error&) { tell(false); });
}

void partition_owner_state::lose(const std::function<bool(uint32_t)>& which) {
  uint32_t lost = 0;
  for (uint32_t p = 0; p < places_.size(); ++p) {
    if (places_[p].at == hold::none || !which(p)) continue;
    places_[p].at = hold::none;
    self_->send(options_.reactors[p], lease_change{false});
    ++lost;
  }
  if (lost > 0) spdlog::warn("what this process consumed of COMMANDS is lost; others may consume it now");
}

void partition_owner_state::give_up_more_than(uint32_t share) {
  // The last ones: so the first ones stay where they are, however many come and go.
  auto more = count(hold::held);
  for (uint32_t p = subjects::partitions; p-- > 0 && more > share;)
    if (places_[p].at == hold::held) give_up(p), --more;
}

void partition_owner_state::give_up(uint32_t partition) {
  auto& x = places_[partition];
  if (x.at != hold::held) return;
  x.at = hold::finishing;
  self_->request(options_.reactors[partition], finish_time, drain_atom::value)
    .then([this, partition, tenure = x.tenure](bool) { on_finished(partition, tenure); },
          [this, partition, tenure = x.tenure](const caf::error&) {
            spdlog::warn("{} is given away before its commands in flight are settled: they take too long", name_of(partition));
            on_finished(partition, tenure);
          });
}

void partition_owner_state::on_finished(uint32_t partition, uint64_t tenure) {
  auto& x = places_[partition];
  if (x.at != hold::finishing || x.tenure != tenure) return; // lost meanwhile
  x.at = hold::finished;
  if (count(hold::finishing) > 0) return;
  if (leaving_ && !connected_ && left_.pending()) left_.deliver(false); // the others will notice our silence
  look();
}

uint32_t partition_owner_state::count(hold at) const {
  return static_cast<uint32_t>(std::ranges::count(places_, at, &place::at));
}

// ---- What we say of it ---------------------------------------------------------------------------------------------

void partition_owner_state::on_report(const partition_report& x) {
  auto& at = places_[x.partition];
  if (at.consuming != x.consuming) at.since = self_->clock().now();
  at.consuming = x.consuming;
  at.trouble = x.trouble;
  settled_.note(x.partition, x.incarnation, x.settled);
  report();
}

void partition_owner_state::report() {
  auto now = self_->clock().now();
  std::string trouble = !connected_ ? "no connection to NATS" : !joined_ ? "has not joined the reactors yet" : "";
  bool between = false;
  for (uint32_t p = 0; trouble.empty() && p < places_.size(); ++p) {
    auto& x = places_[p];
    if (x.at != hold::held || x.consuming) continue;
    between = true;
    if (!x.trouble.empty()) trouble = name_of(p) + ": " + x.trouble;
    else if (!ready_ || now - x.since > takeover_time) trouble = "not consuming " + name_of(p);
  }
  ready_ = trouble.empty() && (ready_ || !between);
  if (told_ && told_->first == ready_ && told_->second == trouble) return;
  told_.emplace(ready_, trouble);
  self_->send(options_.readiness, component_state{"reactor", ready_, std::move(trouble)});
}

void partition_owner_state::say() {
  if (places_.back().at == hold::held) return spdlog::info("consuming all of COMMANDS: no other reactor is here");
  std::string mine;
  for (uint32_t p = 0; p < subjects::partitions; ++p)
    if (places_[p].at == hold::held) mine += (mine.empty() ? "" : ", ") + std::to_string(p);
  spdlog::info("consuming {} of {} partitions of COMMANDS ({}); reactors: {}", count(hold::held), subjects::partitions, mine.empty() ? "none" : mine, table_.members.size());
}

} // namespace tidings
