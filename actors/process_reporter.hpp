// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include "actors/interfaces.hpp"
#include "actors/metrics.hpp"

namespace tidings {

struct process_reporter_state;
using process_reporter_ptr = process_reporter_actor::stateful_pointer<process_reporter_state>;

struct process_reporter_options {
  size_t number = 0;          ///< Of our shard.
  readiness_actor readiness;  ///< Of our shard.
  metrics_ptr counts = std::make_shared<metrics>(); ///< Of our shard.
};

/// Asks all shards, and tells their answers as one. Nothing that another thread writes is ever read: each reporter puts its own
/// shard's figures into words and hands those over.
///
/// One round is under way at a time; whoever asks meanwhile is answered by the next. A shard that says nothing for a second
/// counts as not ready, and its figures are missing.
struct process_reporter_state {
  static inline constexpr const char* name = "process_reporter";

  explicit process_reporter_state(process_reporter_ptr self) : self_{self} {}

  void init(process_reporter_options options);
  void on_peers(reporter_peers& x);
  caf::result<readiness_report> ask_readiness();
  caf::result<std::string> ask_counts();
  void on_question(const shard_question& x);
  void on_report(shard_report& x);
  void on_tick();

private:
  struct askers {
    std::vector<caf::typed_response_promise<readiness_report>> readiness;
    std::vector<caf::typed_response_promise<std::string>> counts;
    bool empty() const noexcept { return readiness.empty() && counts.empty(); }
  };

  void begin_round();
  void end_round();

  process_reporter_ptr self_;
  process_reporter_options options_;
  std::vector<reporter_peer> peers_;
  askers next_, now_;
  std::vector<shard_report> reports_; // of this round; round 0: none yet
  uint64_t round_ = 0;
  size_t missing_ = 0; // reports of this round
  clock_time due_{};
  bool ticking_ = false;
};

process_reporter_actor::behavior_type process_reporter(process_reporter_ptr self, process_reporter_options options);

/// What several shards say of their parts, as the process says it: a part is ready when it is on every shard.
/// @param reports By number; one with round 0 is missing.
readiness_report merge_readiness(const std::vector<shard_report>& reports);

} // namespace tidings
