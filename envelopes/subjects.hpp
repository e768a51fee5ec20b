// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "envelopes/token.hpp"

/// Every subject Tidings publishes or subscribes is built here, from tokens (DESIGN.md, "NATS: subjects, ...").
namespace tidings::subjects {

/// `commands.{type}`: request-reply.
std::string command_bus(const token& type);
/// `queries.{type}`: request-reply.
std::string query_bus(const token& type);
/// `commands.{partition}.{type}.{id}`: the COMMANDS stream.
std::string command_log(uint32_t partition, const token& type, const token& id);
/// `commands.{partition}.*.*`: what a reactor consumes. `partitions` itself stands for all of them.
std::string command_log_part(uint32_t partition);
/// `commands.*.*.{id}`: finds a command of which only the id is known.
std::string command_log_of(const token& id);
/// `notifications.{owner}.{id}`.
std::string notification(const token& owner, const token& id);
/// `progress.{owner}.{id}`: told to whoever follows the command now, and kept nowhere.
std::string progress(const token& owner, const token& id);
/// `dead.{type}.{id}`.
std::string dead_letter(const token& type, const token& id);
/// `$KV.{bucket}.{key}`.
std::string kv(const token& bucket, const token& key);

inline constexpr std::string_view command_log_filter = "commands.*.*.*";
inline constexpr std::string_view notification_filter = "notifications.*.*";
inline constexpr std::string_view progress_filter = "progress.*.*";
inline constexpr std::string_view dead_letter_filter = "dead.*.*";

/// How many partitions the COMMANDS stream has, fixed for the life of a stream.
inline constexpr uint32_t partitions = 16;

/// FNV-1a of `key` modulo `partitions`: the same key always has the same partition.
uint32_t partition_of(std::string_view key) noexcept;

/// Whether a stream's subject filter matches `subject` or overlaps with the pattern `subject` (`*`, `>` on both sides).
bool overlaps(std::string_view filter, std::string_view subject) noexcept;

/// The token at `index` (from 0), empty if there is none.
std::string_view token_at(std::string_view subject, size_t index) noexcept;

} // namespace tidings::subjects
