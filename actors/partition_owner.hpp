// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include "actors/interfaces.hpp"
#include "actors/partition_table.hpp"

namespace tidings {

struct partition_owner_state;
using partition_owner_ptr = partition_owner_actor::stateful_pointer<partition_owner_state>;

struct partition_owner_options {
  nats_gateway_actor gateway;
  readiness_actor readiness;
  std::vector<partition_reactor> reactors; ///< By partition; the last one's is the stream as a whole.
  std::vector<read_model_actor> read_models; ///< Must know what former owners wrote before a reactor decides anything.
  std::string process;      ///< Unlike that of any other process.
  size_t shard = 0;         ///< Within the process.
  bool own_server = false;  ///< The server is this process's child: members of another process are gone for certain.
};

/// Agrees with the other processes on who consumes which partitions of COMMANDS, and tells our reactors.
///
/// The agreement is a partition_table in a bucket, read four times a second and written by compare-and-set. Every member writes it once
/// a second; a member that did not for three seconds, in which we did, is dead, and its partitions are up for grabs. So while the bucket
/// has no leader, because a server of a cluster died, nobody is taken for dead and everybody goes on. No clocks are compared: a member
/// that was paused or without a connection counts from when it *sent* its last successful write, and stops half a second before
/// anybody can have seen three seconds of silence. Who has more than their share finishes what is in flight before they give a partition
/// away, so commands of a key keep their order; who is late all the same is stopped by compare-and-set on the entries.
///
/// A member that is alone consumes the stream as a whole: sixteen consumers cost the server a fifth more (docs/performance.md).
struct partition_owner_state {
  static inline constexpr const char* name = "partition_owner";

  explicit partition_owner_state(partition_owner_ptr self) : self_{self} {}

  void init(partition_owner_options options);
  void on_streams();
  void on_connection(const connection_change& x);
  void on_reply(const nats_reply& x);
  void on_published(const published& x);
  void on_report(const partition_report& x);
  void on_tick();
  caf::result<bool> leave();

private:
  enum class hold : uint8_t { none, held, finishing, finished };

  struct place {
    hold at = hold::none;
    uint64_t tenure = 0;      ///< Which time we hold it.
    bool consuming = false;
    clock_time since{};       ///< When `consuming` changed.
    std::string trouble;
  };

  /// When somebody else last gave a sign of life, in `active_`.
  struct sign {
    uint64_t beat = 0;
    clock_time::duration seen{};
  };

  void look();
  void take_signs();
  bool is_dead(const std::string& member) const;
  void decide();
  void claim(partition_table& next);
  void write(partition_table next);
  void adopt();
  void grant(std::vector<std::pair<uint32_t, uint64_t>> places);
  void lose(const std::function<bool(uint32_t)>& which);
  void give_up(uint32_t partition);
  void give_up_more_than(uint32_t share);
  void on_finished(uint32_t partition, uint64_t tenure);
  uint32_t count(hold at) const;
  void say();
  void report();

  partition_owner_ptr self_;
  partition_owner_options options_;
  std::string member_;
  std::array<place, subjects::partitions + 1> places_; // by partition; the last is the stream as a whole
  std::unordered_map<std::string, sign> signs_;
  partition_table table_, next_;  // as in the bucket; as it is being written
  settled_positions settled_;     // as our reactors say
  clock_time::duration active_{}; // how long we could write
  clock_time ticked_{};
  std::optional<clock_time> alone_since_;
  uint64_t revision_ = 0;         // of the entry, as last seen or written; 0: there is none
  clock_time written_{}, sent_{}; // when our last successful write, and the one under way, were sent
  bool connected_ = false, streams_ = false, looking_ = false, writing_ = false, joined_ = false, leaving_ = false;
  bool ready_ = false;
  std::optional<std::pair<bool, std::string>> told_;
  caf::typed_response_promise<bool> left_;
};

partition_owner_actor::behavior_type partition_owner(partition_owner_ptr self, partition_owner_options options);

} // namespace tidings
