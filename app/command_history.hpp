// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "actors/rebuild.hpp"
#include "app/nats_calls.hpp"
#include "model/catalog.hpp"

namespace tidings {

/// The commands of the past with what is on record of them: COMMANDS, NOTIFICATIONS and DEAD_LETTERS. Blocking.
class command_history {
public:
  command_history(nats_calls calls, catalog_ptr models, model_ptr model)
      : calls_{std::move(calls)}, models_{std::move(models)}, model_{std::move(model)} {}

  /// Looks at the streams.
  /// @returns `errc::not_found` when there is no COMMANDS.
  caf::error open();

  uint64_t first_sequence() const noexcept { return first_; }
  uint64_t last_sequence() const noexcept { return last_; }
  uint64_t missing() const noexcept { return missing_; } ///< Messages that were deleted between first and last.
  uint64_t incarnation() const noexcept { return incarnation_; }
  uint32_t replicas() const noexcept { return replicas_; }
  uint64_t outcomes_kept_ns() const noexcept { return kept_ns_; }
  bool consumed() const noexcept { return consumed_; }   ///< A consumer, or the reactors' table, says what is settled.

  /// What the stream holds now, and what of it is settled.
  caf::error look();

  /// Feeds the model's commands from `from` up to the stream's end, as it is now, to `into`.
  /// @param reached Called with each sequence that was passed.
  caf::error feed(uint64_t from, rebuild& into, const std::function<void(uint64_t)>& reached);

  /// The same for a few commands, quicker: those from `from` up to `to`.
  caf::error feed_some(uint64_t from, uint64_t to, rebuild& into) const;
  static constexpr uint64_t a_few = 512;

private:
  struct past_command {
    stored_command_ptr command;
    std::string subject;
    evidence known;
  };

  void add_agreed_floors();
  void take(std::vector<past_command>& batch, const net::nats_message& msg, std::string subject, uint64_t sequence, uint64_t stored_ns) const;
  caf::error feed(std::vector<past_command>& batch, rebuild& into) const;
  caf::error look_up(std::vector<past_command>& batch) const;

  nats_calls calls_;
  catalog_ptr models_;
  model_ptr model_;
  uint64_t first_ = 0, last_ = 0, missing_ = 0, incarnation_ = 0, kept_ns_ = 0;
  uint32_t replicas_ = 1, outcome_replicas_ = 1;
  bool consumed_ = false;
  std::vector<settled_floor> floors_;
};

} // namespace tidings
