// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <vector>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include "actors/ordered_consumer.hpp"

namespace tidings {

struct read_model_state;
using read_model_ptr = read_model_actor::stateful_pointer<read_model_state>;

/// A position as the entry's header carries it; text that is none is the zero position, before every command.
std::string to_text(const log_position& x);
log_position parse_position(std::string_view text);

/// Reads an entry of a bucket. Empty when the message is not one (a foreign writer's broken JSON, say).
std::optional<stored_document> to_document(const net::nats_message& msg, uint64_t revision);

/// An in-memory copy of one bucket: filled by the bucket's watch, and at once by the projector of this process.
struct read_model_state {
  static inline constexpr const char* name = "read_model";

  explicit read_model_state(read_model_ptr self) : self_{self} {}

  void init(model_ptr model, nats_gateway_actor gateway, readiness_actor readiness);
  void look_up(const tidings::look_up& x);
  void ask(const ask_query& x);
  void apply(const apply_entry& x);
  void on_streams();
  void on_connection(const connection_change& x);
  void on_batch(const nats_batch& x);
  void on_reply(const nats_reply& x);
  void on_tick();
  void watch(const watch_changes& x);
  caf::result<bool> catch_up();
  void expire();

private:
  void answer(const ask_query& x, bool stale);
  void ask_until(const ask_query& x, clock_time due);
  bool visible(const written_revision& x) const;
  void on_change(const std::string& key);
  void on_caught_up();
  query_answer get(const ask_query& x) const;
  query_answer list(const ask_query& x) const;
  void report();

  read_model_ptr self_;
  model_ptr model_;
  nats_gateway_actor gateway_;
  readiness_actor readiness_;
  std::optional<ordered_consumer> watch_;
  std::optional<document_table> table_;
  size_t key_offset_ = 0; ///< Where the key begins in a subject of the bucket.
  bool started_ = false;
  bool loaded_ = false; ///< Saw the whole bucket once; from then on a pause only makes it stale, not partial.
  std::vector<tidings::look_up> waiting_; ///< Asked before the bucket was loaded.
  struct patient_query {
    ask_query query;
    clock_time due;
  };
  std::vector<patient_query> patient_;   ///< Wait for a write; bounded by the clients' connections.
  using watch_listener = decltype(watch_changes::listener);
  struct watcher {
    caf::actor_addr listener;
    std::optional<std::string> key;
  };
  std::vector<watcher> watchers_;        ///< Likewise: they do not keep a stream that has ended.
  /// Somebody who needs what the bucket had when they asked.
  struct catching_up {
    caf::typed_response_promise<bool> answer;
    std::optional<uint64_t> revision; ///< The bucket's last one, once known.
    clock_time due;
  };
  std::map<uint64_t, catching_up> catching_up_; ///< By cookie; they come and go within seconds.
  uint64_t last_cookie_ = 0;                    ///< 0 is the watch's.
  std::optional<bool> told_;
};

read_model_actor::behavior_type read_model(read_model_ptr self, model_ptr model, nats_gateway_actor gateway,
                                           readiness_actor readiness);

} // namespace tidings
