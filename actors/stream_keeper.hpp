// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/durability.hpp"
#include "actors/interfaces.hpp"
#include "actors/metrics.hpp"
#include "net/jetstream.hpp"

namespace tidings {

struct stream_keeper_state;
using stream_keeper_ptr = stream_keeper_actor::stateful_pointer<stream_keeper_state>;

/// How a stream must be.
struct wanted_stream {
  std::string name;
  json config; ///< As JetStream's API wants it.
};

/// How the stream of a bucket must be: the shape every KV client expects (history 1).
json bucket_config(const std::string& bucket, uint32_t replicas);

/// The streams and buckets that `models` need (DESIGN.md, "NATS: subjects, streams, buckets").
/// @param replicas On how many servers of a cluster each is kept: 1, 3 or 5.
std::vector<wanted_stream> wanted_streams(const catalog& models, uint32_t replicas = 1);

struct stream_keeper_options {
  std::vector<wanted_stream> streams;
  std::vector<streams_listener> listeners;     ///< Told each time everything is (again) as it should be.
  /// Ends the program with a sentence: a stream is in the way from the start. Later the same is "not ready".
  std::function<void(std::string)> refuse;
  metrics_ptr counts = std::make_shared<metrics>();
  durability promise = durability::os; ///< Told to `counts` once it holds.
  std::string says = {};               ///< The promise in words, logged then; may be empty.
};

/// Looks at all streams at each connection, every few seconds, and when JetStream says that one changed. Creates what is
/// missing at the first look only: a stream that goes away later took data with it, and making an empty one in its place
/// would hide that.
struct stream_keeper_state {
  static inline constexpr const char* name = "stream_keeper";

  explicit stream_keeper_state(stream_keeper_ptr self) : self_{self} {}

  void init(nats_gateway_actor gateway, readiness_actor readiness, stream_keeper_options options);
  void on_connection(const connection_change& x);
  void on_reply(const nats_reply& x);
  void look();

private:
  enum cookies : uint64_t { listing = 1, creating = 2 };

  void ask_page();
  void on_page(const nats_reply& x);
  void on_created(const nats_reply& x);
  void on_refused(const net::jetstream::api_error& why);
  void judge();
  /// @returns a sentence when a stream captures bus subjects, or is not as wanted.
  std::string complaint() const;
  void report(bool ready, std::string detail);

  stream_keeper_ptr self_;
  nats_gateway_actor gateway_;
  readiness_actor readiness_;
  stream_keeper_options options_;
  std::map<std::string, json> found_; // name -> stream info, of the look under way
  std::set<std::string> silent_;      // streams that are there, but whose servers did not answer this look
  size_t offset_ = 0;                 // how many streams the pages of this look have covered
  size_t creates_open_ = 0;
  int shortages_ = 0;                 // looks in a row at whose end the cluster had too few servers
  bool connected_ = false, looking_ = false, complete_once_ = false, ready_ = false;
  std::string told_;
};

stream_keeper_actor::behavior_type stream_keeper(stream_keeper_ptr self, nats_gateway_actor gateway,
                                                 readiness_actor readiness, stream_keeper_options options);

} // namespace tidings
