// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "envelopes/subjects.hpp"
#include "model/catalog.hpp"

/// What the process counts for `/metrics` (docs/operations.md). Plain integers, since everything runs on one thread; put
/// into words only when somebody asks (metrics_page.hpp). No label comes from outside: types are those that models
/// declare, everything else is `other`.
namespace tidings {

/// Durations by fixed upper bounds.
class latencies {
public:
  /// In seconds; the last bucket, +Inf, has none.
  static constexpr std::array<double, 16> bounds{0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                 0.1,     0.25,   0.5,   1,      2.5,   5,    10,    30};

  void observe(std::chrono::nanoseconds x) noexcept {
    auto seconds = std::chrono::duration<double>{x}.count();
    ++counts_[static_cast<size_t>(std::ranges::lower_bound(bounds, seconds) - bounds.begin())];
    sum_ += seconds;
  }

  /// How many fell into each bucket, not cumulated.
  const std::array<uint64_t, bounds.size() + 1>& counts() const noexcept { return counts_; }
  double sum() const noexcept { return sum_; } ///< Seconds.

private:
  std::array<uint64_t, bounds.size() + 1> counts_{};
  double sum_ = 0;
};

/// How a command ended in the reactor.
enum class command_end : uint8_t {
  completed,
  rejected,      ///< By the handler, or by a condition that did not hold.
  dead_lettered, ///< Given up.
  skipped,       ///< Its outcome had been told before.
};

/// What the sender of a command was answered.
enum class command_reply : uint8_t {
  completed,
  failed,    ///< Rejected, or given up.
  pending,   ///< At its deadline, or at once since it did not want to wait.
  refused,   ///< Invalid, or not stored for certain.
  unknown,   ///< May be stored or not.
  forwarded, ///< To a service elsewhere, whatever that answered.
};

/// Why somebody was turned away who may come again.
enum class refusal : uint8_t {
  backlog,      ///< Too many commands wait to be handled.
  waits,        ///< Too many waits for outcomes here.
  bus_requests, ///< Too many requests over NATS are being answered here.
  forwarded,    ///< Too many requests to services elsewhere are open.
  nats,         ///< Too many publishes and requests are open, or too much waits to be written.
  rate,         ///< Too many requests of one caller.
  tickets,      ///< Too many tickets.
};

/// What a request is about, as far as a label may tell.
enum class route_class : uint8_t { command, outcome, events, query, session, description, page, probe, metrics, other };

/// What an event stream is about.
enum class stream_kind : uint8_t { command, owner, query };

struct metrics {
  metrics() = default;
  explicit metrics(const catalog& models);
  metrics(const metrics&) = delete; // views of its own strings inside
  metrics& operator=(const metrics&) = delete;

  // ---- Gateway: commands on their way in -----------------------------------------------------------------------------
  latencies accepted; ///< From the submission until the stream has acknowledged it.
  latencies waited;   ///< From the submission until its outcome was answered.
  uint64_t waiters = 0; ///< Waits for outcomes, now.

  uint64_t waiting = 0;      ///< Commands stored and not settled, anywhere; as JetStream said last.
  double settled_rate = 0;   ///< Of them a second, anywhere.
  bool backlog_full = false; ///< New ones are refused.
  std::array<uint64_t, 7> refusals{}; ///< By reason.

  void replied(std::string_view type, command_reply how) { ++at(replies_, type, how); }
  void refused(refusal why) { ++refusals[static_cast<size_t>(why)]; }

  // ---- Gateway: HTTP -------------------------------------------------------------------------------------------------
  uint64_t connections = 0, connections_accepted = 0, connections_refused = 0, connections_cut = 0;
  std::array<uint64_t, 3> streams{}; ///< Event streams now, by stream_kind.
  uint64_t resumed_from_memory = 0, resumed_from_stream = 0; ///< Answers to streams that wanted what they missed.
  uint64_t resumes_waiting = 0; ///< Streams that wait for their turn at the stream, now.

  void answered(route_class route, uint16_t status) { ++responses[static_cast<size_t>(route)][std::min<size_t>(status / 100, 5)]; }
  std::array<std::array<uint64_t, 6>, 10> responses{}; ///< By route_class and first digit of the status.

  // ---- Reactor: from the delivery on ---------------------------------------------------------------------------------
  latencies handled, projected, notified; ///< Until decided, written, and its outcome stored.
  uint64_t redelivered = 0;
  uint64_t in_flight = 0;       ///< Commands in the reactor, now.
  uint32_t consuming = 0;       ///< Partitions that are consumed here, now.
  std::array<uint64_t, subjects::partitions + 1> behind{}; ///< Commands that wait in the stream, by what is consumed here, as the consumer said last.

  void ended(std::string_view type, command_end how) { ++at(ends_, type, how); }

  // ---- NATS ----------------------------------------------------------------------------------------------------------
  bool connected = false;
  uint64_t connects = 0, disconnects = 0, nats_troubles = 0;
  uint64_t open_calls = 0; ///< Publishes and requests without an answer, now.
  struct stream_size {
    uint64_t messages = 0, bytes = 0;
  };
  std::string durability;       ///< Which promise holds: os, fsync or replicated; empty until the streams are there.
  std::map<std::string, stream_size> stored; ///< Of our own streams, when they were looked at last (every 5 s).

  // ---- Process -------------------------------------------------------------------------------------------------------
  latencies loop_delay; ///< How late timers of the one thread are: everything that is ready waits that long.

  // ---- For the page --------------------------------------------------------------------------------------------------
  template <size_t N>
  using by_type = std::vector<std::array<uint64_t, N>>;
  const std::vector<std::string>& types() const noexcept { return types_; } ///< The last is `other`.
  const by_type<4>& ends() const noexcept { return ends_; }
  const by_type<6>& replies() const noexcept { return replies_; }

private:
  template <class Counts, class How>
  uint64_t& at(Counts& counts, std::string_view type, How how) {
    auto i = index_.find(type);
    return counts[i == index_.end() ? counts.size() - 1 : i->second][static_cast<size_t>(how)];
  }

  std::vector<std::string> types_{"other"};
  std::unordered_map<std::string_view, size_t> index_; // views of types_
  by_type<4> ends_{1};
  by_type<6> replies_{1};
};

using metrics_ptr = std::shared_ptr<metrics>;

} // namespace tidings
