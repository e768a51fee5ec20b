// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "actors/messages/signals.hpp"
#include "envelopes/json.hpp"

namespace tidings {

/// How many commands wait, and how fast they are settled, by what JetStream says of the consumers of COMMANDS: it knows of all
/// reactors, also when none runs. What counts is what a consumer serves, not its name: durable ones with explicit acks, of
/// the whole stream or of one partition. Pure.
class backlog {
public:
  /// Takes one look at all consumers.
  /// @param consumers As CONSUMER.LIST has them. @param stored Messages that COMMANDS keeps now.
  void look(const json& consumers, uint64_t stored, clock_time now);

  /// Commands that are stored and not settled.
  uint64_t waiting() const noexcept { return waiting_; }
  /// Commands settled a second, smoothed; none before the second look.
  std::optional<double> rate() const noexcept { return rate_; }

private:
  void note_rate(const std::map<std::string, uint64_t>& settled, clock_time now);

  uint64_t waiting_ = 0;
  uint64_t counted_ = 0, stored_then_ = 0; // what waited, and was stored, when somebody consumed last
  std::map<std::string, uint64_t> settled_; // by consumer, at the last look
  std::optional<double> rate_;
  clock_time looked_{};
};

} // namespace tidings
