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
  auto read = [&result](const json& owner, std::string& to) {
    if (owner.is_null()) return true;
    if (!owner.is_string() || !result.members.contains(owner.get<std::string>())) return false;
    to = owner.get<std::string>();
    return true;
  };
  for (size_t i = 0; i < owners.size(); ++i)
    if (!read(owners[i], result.owners[i])) return std::nullopt;
  bool shared_out = !result.is_free();
  if (!read(body.value("whole", json{}), result.whole) || (shared_out && !result.whole.empty())) return std::nullopt;
  auto settled = body.value("settled", json{});
  auto incarnation = body.value("incarnation", json{});
  if (!settled.is_array() || settled.size() != subjects::partitions || !incarnation.is_number_unsigned()) return std::nullopt;
  if (!std::ranges::all_of(settled, [](auto& x) { return x.is_number_unsigned(); })) return std::nullopt;
  result.settled = {incarnation.get<uint64_t>(), settled.get<decltype(settled_positions::up_to)>()};
  return result;
}

std::string partition_table::render() const {
  auto shown = [](const std::string& owner) { return owner.empty() ? json(nullptr) : json(owner); };
  json body{{"members", json::object()}, {"owners", json::array()}, {"whole", shown(whole)}, {"incarnation", settled.incarnation}, {"settled", settled.up_to}};
  for (auto& [member, beat] : members) body["members"][member] = beat;
  for (auto& owner : owners) body["owners"].push_back(shown(owner));
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

bool partition_table::is_free() const {
  return whole.empty() && std::ranges::all_of(owners, &std::string::empty);
}

void partition_table::remove(const std::string& member) {
  members.erase(member);
  std::ranges::replace(owners, member, std::string{});
  if (whole == member) whole.clear();
}

} // namespace tidings
