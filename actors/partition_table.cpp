// SPDX-License-Identifier: MIT
#include "actors/partition_table.hpp"

#include <algorithm>

#include "envelopes/json.hpp"

namespace tidings {

std::optional<partition_table> partition_table::parse(std::string_view text) {
  auto body = json::parse(text, nullptr, false);
  if (!body.is_object() || !body.contains("members") || !body["members"].is_object()) return std::nullopt;
  auto owners = body.value("owners", json{});
  if (!owners.is_array() || owners.size() != subjects::partitions) return std::nullopt;
  partition_table result;
  for (auto& [member, beat] : body["members"].items()) {
    if (!beat.is_number_unsigned()) return std::nullopt;
    result.members.emplace(member, beat.get<uint64_t>());
  }
  for (size_t i = 0; i < owners.size(); ++i) {
    if (owners[i].is_null()) continue;
    if (!owners[i].is_string() || !result.members.contains(owners[i].get<std::string>())) return std::nullopt;
    result.owners[i] = owners[i].get<std::string>();
  }
  return result;
}

std::string partition_table::render() const {
  json body{{"members", json::object()}, {"owners", json::array()}};
  for (auto& [member, beat] : members) body["members"][member] = beat;
  for (auto& owner : owners) body["owners"].push_back(owner.empty() ? json(nullptr) : json(owner));
  return body.dump();
}

uint32_t partition_table::share_of(std::string_view member) const {
  auto count = static_cast<uint32_t>(members.size());
  auto place = static_cast<uint32_t>(std::distance(members.begin(), std::ranges::find(members, member, [](auto& x) { return std::string_view{x.first}; })));
  if (place == count) return 0;
  return subjects::partitions / count + (place < subjects::partitions % count ? 1 : 0);
}

uint32_t partition_table::owned_by(std::string_view member) const {
  return static_cast<uint32_t>(std::ranges::count(owners, member));
}

void partition_table::remove(const std::string& member) {
  members.erase(member);
  std::ranges::replace(owners, member, std::string{});
}

} // namespace tidings
