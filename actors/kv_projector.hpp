// SPDX-License-Identifier: MIT
#pragma once

#include <deque>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/interfaces.hpp"
#include "actors/lanes.hpp"
#include "actors/recent_ids.hpp"

namespace tidings {

struct kv_projector_state;
using kv_projector_ptr = kv_projector_actor::stateful_pointer<kv_projector_state>;

struct kv_projector_options {
  model_ptr model;
  nats_gateway_actor gateway;
  read_model_actor read_model;
  std::map<std::string, command_handler_actor, std::less<>> handlers; ///< By command type; of others the model decides.
  uint32_t max_attempts = 5; ///< Of a handler that fails, or a write that cannot succeed.
};

/// Brings commands into a bucket: keys in parallel, one key strictly in order.
///
/// A command holds its lanes (its key, and the unique values it claims) from its arrival until its outcome is safe in
/// NOTIFICATIONS. So when an entry says that a later command was applied, this one was told; if no outcome of it is there any
/// more, nobody can say which it was, and nothing is made up.
/// Bounded by what the reactor has in flight.
struct kv_projector_state {
  static inline constexpr const char* name = "kv_projector";

  /// For how long it counts that a command's id had no outcome.
  static constexpr milliseconds untold_holds{1000};

  explicit kv_projector_state(kv_projector_ptr self) : self_{self}, chosen_{2 * untold_holds} {}

  void init(kv_projector_options options);
  void on_project(project& x);
  void on_settled(const settled& x);
  void on_looked_up(const looked_up& x);
  void on_published(const published& x);
  void on_reply(const nats_reply& x);
  void on_tick();
  stage stage_of(uint64_t sequence) const;

private:
  /// Whether an id that a client chose had no outcome a moment ago and can have none since. Whoever had the id before this one would
  /// have come by here: the same id has the same key, and its commands come in order.
  bool is_untold(const stored_command& x);
  enum class step : uint8_t { queued, finding_outcome, reading, deciding, checking_unique, writing, refreshing, backing_off, done };

  struct task {
    project order;
    lane_list lanes;
    step at = step::queued;
    uint32_t failures = 0; ///< Of the handler, or of writes that lost or cannot succeed.
    uint32_t stalls = 0;   ///< Of the infrastructure: no reason to give up.
    bool must_find_outcome = false; ///< It may have been told already.
    bool overtaken = false;          ///< A later command of the key was applied: this one must have been told.
    bool outcome_is_missing = false; ///< It was looked for after that.
    projection_listener heir;        ///< Another reactor of ours to which it was delivered meanwhile.
    bool slept = false;        ///< It was slowed down already; demo only.
    bool must_refresh = false; ///< A write's fate is unknown, or it lost: the read model may be behind.
    std::optional<clock_time> handled_at;
    std::string text;          ///< Of the document that is being written.
    document_ptr current;
    decision verdict;
  };

  lane_list lanes_of(const stored_command& x) const;
  static bool asks_leader(const task& x);
  void begin(task& x);
  void read(task& x);
  void refresh(task& x);
  void on_entry(task& x, document_ptr entry);
  void on_decision(uint64_t sequence, decision verdict);
  void decide_by_model(task& x);
  void on_handler_error(uint64_t sequence, const caf::error& why);
  std::vector<std::pair<std::string, json>> unique_values(const json& document) const;
  void write(task& x);
  void try_again(task& x, const caf::error& why, bool our_fault);
  /// Begins again after that time.
  void pause(task& x, milliseconds delay);
  void finish(task& x, projected result);
  task* find(uint64_t sequence, step at);

  kv_projector_ptr self_;
  kv_projector_options options_;
  std::unordered_map<uint64_t, task> tasks_; // by sequence in COMMANDS
  lanes lanes_;
  recent_ids chosen_; // that clients chose
  std::multimap<clock_time, uint64_t> delayed_;
  bool ticking_ = false;
};

kv_projector_actor::behavior_type kv_projector(kv_projector_ptr self, kv_projector_options options);

} // namespace tidings
