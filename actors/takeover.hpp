// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "actors/interfaces.hpp"
#include "actors/settled_positions.hpp"
#include "envelopes/json.hpp"
#include "envelopes/subjects.hpp"

namespace tidings {

/// Becoming the one who consumes a partition of COMMANDS, or all of them: makes a new durable consumer behind what the former one has acknowledged, then
/// removes the former. What was delivered but not acknowledged then comes again at once and in order; waiting for its ack
/// to time out instead would let later commands of a key overtake it.
class takeover {
public:
  struct options {
    nats_gateway_actor gateway;
    uint32_t partition = 0;        ///< `subjects::partitions`: all of them.
    batch_listener batches;
    reply_listener replies;
    uint32_t max_ack_pending = 512;
    milliseconds ack_wait{30'000};
    milliseconds heartbeat{2'000};
  };
  enum class phase : uint8_t { idle, listing, inspecting, locating, creating, consuming, verifying, failed };

  void init(options opts) { opts_ = std::move(opts); }

  struct known {
    std::optional<uint64_t> floor = {}; ///< When we consumed before: everything up to here is settled, whatever a consumer says.
    settled_positions before = {};      ///< What others who consumed it knew to be settled.
    uint64_t busy_with = 0;             ///< The incarnation whose commands are open here: no other stream is consumed. 0: any is.
  };
  void begin(known x);
  /// Asks whether our consumer still exists; `failed` follows when it does not.
  void verify();
  /// Whether this is what our consumer sends next. If not, something got lost on the way (a broken connection, a slow consumer):
  /// nothing of this consumer may be taken any more, since it would overtake what was lost. `failed` follows.
  bool in_order(const net::nats_message& msg, const std::optional<net::delivery_info>& info);
  /// @returns true when it was one of ours.
  bool on_reply(const nats_reply& x);
  void stop();

  phase at() const noexcept { return phase_; }
  bool consuming() const noexcept { return phase_ == phase::consuming || phase_ == phase::verifying; }
  /// Deliveries of an older consumer carry another tag.
  uint64_t tag() const noexcept { return epoch_; }
  const std::string& consumer() const noexcept { return name_; }
  uint64_t start() const noexcept { return start_; }                 ///< First sequence our consumer delivers.
  uint64_t last_sequence() const noexcept { return last_sequence_; } ///< Of the stream, when we took over.
  uint64_t incarnation() const noexcept { return incarnation_; }     ///< When the stream was created.
  const std::string& trouble() const noexcept { return trouble_; }

  /// Every consumer of a reactor is called this and something random.
  static constexpr std::string_view consumer_prefix = "reactor-";

  /// Cookies of our requests have this bit; the owner's have not.
  static constexpr uint64_t cookie_bit = uint64_t{1} << 63;

private:
  void ask(std::string verb, std::string body, phase next, milliseconds timeout);
  void on_consumers(json& body);
  void on_stream(const json& body);
  void locate();
  void on_located(const json& answer);
  void create();
  void on_created(const json& body);
  void fail(std::string why);

  options opts_;
  phase phase_ = phase::idle;
  uint64_t epoch_ = 0;
  known known_;
  std::vector<std::string> former_; // consumers that are to go once ours is there
  std::array<uint64_t, subjects::partitions> settled_{}; // by partition: up to where, as former consumers and others say
  uint32_t locating_ = 0;         // answers that are to come
  std::string name_;
  std::string leader_;     // the server with the stream's leader; empty outside a cluster
  uint32_t places_tried_ = 0;
  uint64_t consumed_ = 0; // the last delivery of our consumer
  uint64_t start_ = 1, last_sequence_ = 0, incarnation_ = 0;
  std::string trouble_;
};

} // namespace tidings
