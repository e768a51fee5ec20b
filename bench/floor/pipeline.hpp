// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <functional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "bench/floor/texts.hpp"
#include "bench/histogram.hpp"
#include "net/nats_connection.hpp"

namespace tidings::bench {

struct pipeline_options {
  std::string url;
  uint32_t in_flight = 256;
  bool read_model = false; ///< Follow the bucket as well, as the read model of Tidings does.
};

/// The floor: the NATS work of Tidings' commands, on one connection and one thread, and nothing else. A command is
/// published to COMMANDS (Msg-Id, ack), delivered by a durable push consumer, written to the bucket by compare-and-set
/// (ack), its outcome published to NOTIFICATIONS (ack), the delivery acknowledged, and the outcome delivered by an
/// ordered consumer. When that has come, the next one starts: `in_flight` commands are always under way.
class pipeline {
public:
  pipeline(boost::asio::io_context& io, pipeline_options options);

  /// Connects, makes streams and consumers, calls `ready` once commands flow.
  void start(std::function<void()> ready);
  /// Forgets what was measured so far.
  void begin_measuring();
  /// Starts no more commands.
  void stop() { stopping_ = true; }
  /// No command is under way any more.
  bool idle() const noexcept { return free_.size() == slots_.size(); }
  /// From the publish to the delivery of the outcome.
  const histogram& latencies() const noexcept { return latencies_; }

private:
  enum reply_to : uint32_t { command_stored, entry_stored, outcome_stored };
  // What must have come before a slot can be used again.
  enum progress : uint8_t { accepted = 1, settled = 2, told = 4, everything = 7 };
  struct slot {
    command_texts texts;
    std::string ack; ///< Where the delivery wants its acknowledgement.
    clock::time_point started;
    uint8_t reached = everything;
  };
  struct follower {
    natsSubscription* sub = nullptr;
    uint64_t consumed = 0;
  };

  void on_connected();
  void fill();
  void begin_command();
  void on_readable();
  void on_reply(natsMsg* msg);
  void on_command(natsMsg* msg);
  void on_outcome(natsMsg* msg);
  /// @returns whether it is the next delivery of an ordered consumer; answers flow control itself.
  bool is_next(follower& x, natsMsg* msg);
  void reach(uint32_t number, progress what);
  void send(const std::string& subject, const net::nats_headers& headers, std::string_view data, uint32_t number,
            reply_to what);

  pipeline_options options_;
  std::string inbox_;
  net::nats_connection connection_;
  std::vector<net::nats_connection::subscription> subscriptions_;
  natsSubscription *replies_ = nullptr, *commands_ = nullptr;
  follower outcomes_, entries_;
  std::vector<slot> slots_;
  std::vector<uint32_t> free_;
  uint32_t under_way_ = 0; ///< Commands whose outcome has not come.
  histogram latencies_;
  bool stopping_ = false;
  std::function<void()> ready_;
};

} // namespace tidings::bench
