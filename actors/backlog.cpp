// SPDX-License-Identifier: MIT
#include "actors/backlog.hpp"

#include <algorithm>

#include "envelopes/subjects.hpp"

namespace tidings {

namespace {

constexpr double weight_of_newest = 0.3;
constexpr auto shortest_interval = std::chrono::milliseconds{50}; // a rate over less is noise

/// What a consumer serves: a partition's number, empty for the whole stream; none when it is not a reactor's.
std::optional<std::string> serves(const json& consumer) {
  if (!consumer.is_object()) return std::nullopt; // one that ended while the server made the list
  auto config = consumer.value("config", json::object());
  if (config.value("ack_policy", std::string{}) != "explicit" || config.value("durable_name", std::string{}).empty()) return std::nullopt;
  auto filter = config.value("filter_subject", std::string{});
  if (filter.empty() || filter == subjects::command_log_filter) return std::string{};
  if (!filter.starts_with("commands.") || !filter.ends_with(".*.*")) return std::nullopt;
  std::string partition{subjects::token_at(filter, 1)};
  bool digits = !partition.empty() && std::ranges::all_of(partition, [](char c) { return c >= '0' && c <= '9'; });
  return digits ? std::optional{std::move(partition)} : std::nullopt;
}

} // namespace

void backlog::look(const json& consumers, uint64_t stored, clock_time now) {
  // While one reactor takes over from another there are two consumers for the same: the further one knows better.
  std::map<std::string, uint64_t> waiting;
  std::map<std::string, uint64_t> settled;
  for (auto& consumer : consumers) {
    auto what = serves(consumer);
    if (!what) continue;
    auto unacknowledged = consumer.value("num_ack_pending", uint64_t{0});
    auto open = consumer.value("num_pending", uint64_t{0}) + unacknowledged;
    auto [i, first] = waiting.try_emplace(*what, open);
    if (!first) i->second = std::min(i->second, open);
    auto delivered = consumer.value("delivered", json::object()).value("consumer_seq", uint64_t{0});
    settled[consumer.value("name", std::string{})] = delivered - std::min(delivered, unacknowledged);
  }
  // One that is left over from before the stream was shared out would stand still for ever.
  if (waiting.size() > 1) waiting.erase(std::string{});
  note_rate(settled, now);
  if (waiting.empty()) { // nobody ever consumed, or somebody deleted the consumers
    waiting_ = counted_ + stored - std::min(stored, stored_then_);
    return;
  }
  waiting_ = 0;
  for (auto& [what, open] : waiting) waiting_ += open;
  counted_ = waiting_;
  stored_then_ = stored;
}

void backlog::note_rate(const std::map<std::string, uint64_t>& settled, clock_time now) {
  auto since = std::exchange(looked_, now);
  auto before = std::exchange(settled_, settled);
  if (since == clock_time{} || now - since < shortest_interval) return;
  uint64_t done = 0;
  for (auto& [name, count] : settled)
    if (auto i = before.find(name); i != before.end() && count > i->second) done += count - i->second;
  auto newest = static_cast<double>(done) / std::chrono::duration<double>{now - since}.count();
  rate_ = rate_ ? *rate_ + weight_of_newest * (newest - *rate_) : newest;
}

} // namespace tidings
