// SPDX-License-Identifier: MIT
#include "envelopes/subjects.hpp"

#include <initializer_list>

namespace tidings::subjects {

namespace {

std::string join(std::initializer_list<std::string_view> parts) {
  std::string result;
  size_t size = 0;
  for (auto part : parts)
    size += part.size();
  result.reserve(size);
  for (auto part : parts)
    result += part;
  return result;
}

// Takes the first token off `rest`; an exhausted subject has a null `data()`.
std::string_view next_token(std::string_view& rest) noexcept {
  auto dot = rest.find('.');
  auto result = rest.substr(0, dot);
  rest = dot == std::string_view::npos ? std::string_view{} : rest.substr(dot + 1);
  return result;
}

} // namespace

std::string command_bus(const token& type) { return join({"commands.", type.str()}); }

std::string query_bus(const token& type) { return join({"queries.", type.str()}); }

std::string command_log(uint32_t partition, const token& type, const token& id) {
  return join({"commands.", std::to_string(partition), ".", type.str(), ".", id.str()});
}

std::string command_log_part(uint32_t partition) {
  return partition == partitions ? std::string{command_log_filter} : "commands." + std::to_string(partition) + ".*.*";
}

std::string command_log_of(const token& id) { return "commands.*.*." + id.str(); }

std::string notification(const token& owner, const token& id) {
  return join({"notifications.", owner.str(), ".", id.str()});
}

std::string progress(const token& owner, const token& id) { return join({"progress.", owner.str(), ".", id.str()}); }

std::string dead_letter(const token& type, const token& id) { return join({"dead.", type.str(), ".", id.str()}); }

std::string kv(const token& bucket, const token& key) { return join({"$KV.", bucket.str(), ".", key.str()}); }

uint32_t partition_of(std::string_view key) noexcept {
  uint64_t hash = 0xcbf29ce484222325;
  for (auto c : key) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3;
  }
  return static_cast<uint32_t>(hash % partitions);
}

bool overlaps(std::string_view filter, std::string_view subject) noexcept {
  while (filter.data() != nullptr && subject.data() != nullptr) {
    auto a = next_token(filter);
    auto b = next_token(subject);
    // `>` stands for one or more tokens, and the other side has at least this one.
    if (a == ">" || b == ">") return true;
    if (a != b && a != "*" && b != "*") return false;
  }
  return filter.data() == nullptr && subject.data() == nullptr;
}

std::string_view token_at(std::string_view subject, size_t index) noexcept {
  for (; index > 0 && subject.data() != nullptr; --index)
    next_token(subject);
  return next_token(subject);
}

} // namespace tidings::subjects
