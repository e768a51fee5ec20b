// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include <caf/allowed_unsafe_message_type.hpp>

#include "actors/messages/nats.hpp"

/// What the shards of a process tell each other. It crosses threads, so it is handed to the other loop and sent there: CAF would
/// run the receiver on the thread of a sender that it knows.
namespace tidings {

struct metric_families; // actors/metrics_page.hpp

/// What has another shard to say?
struct shard_question {
  size_t from = 0;     ///< Number of the shard that asks.
  uint64_t round = 0;  ///< Comes back with the answer.
  bool counts = false; ///< Also what it has counted.
};

struct shard_report {
  size_t from = 0; ///< Number of the shard that answers.
  uint64_t round = 0;
  readiness_report readiness;
  std::shared_ptr<const metric_families> counts; ///< Null: not asked for.
};

/// The way to a reporter: sends to it on its own thread.
struct reporter_peer {
  std::function<void(shard_question)> ask;
  std::function<void(shard_report)> answer;
};

struct reporter_peers {
  std::vector<reporter_peer> all; ///< By number of the shard; the receiver is among them.
};

} // namespace tidings

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::shard_question)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::shard_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::reporter_peers)
