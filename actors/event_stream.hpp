// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/interfaces.hpp"
#include "actors/metrics.hpp"
#include "actors/sse_writer.hpp"

namespace tidings {

/// What every event stream is born with. It ends with its session.
struct event_stream_order {
  std::shared_ptr<net::http_connection> connection;
  notification_hub_actor hub;
  command_bus_actor commands;
  query_bus_actor queries;
  http_session_actor session;          ///< Answers in our place when there will be no stream.
  uint64_t cookie = 0;                 ///< Of the session's request.
  token owner;
  std::optional<token> command_id;     ///< For the stream of one command.
  std::unique_ptr<ask_query> query;    ///< For a live query. Not inside: thousands of other streams have none.
  std::string last_event_id;           ///< As the client sent it; may be empty.
  std::shared_ptr<const std::vector<std::string>> refetch; ///< One list for all streams. Told to a client that missed events for good.
  metrics_ptr counts = std::make_shared<metrics>();
  std::shared_ptr<void> place = nullptr; ///< Its caller's, held as long as it lasts.
};

/// The queries that a client asks again after it missed events for good.
std::shared_ptr<const std::vector<std::string>> refetch_list(const catalog& models);

/// A decimal position in NOTIFICATIONS, as clients send it back.
std::optional<uint64_t> parse_event_id(std::string_view text);

// ---- One command: `GET /commands/{id}/events` ----------------------------------------------------------------------

/// Subscribes, then looks at the state, then streams: nothing falls between. Ends after the terminal event; a client
/// that comes back after it gets 204.
struct command_events_state {
  static inline constexpr const char* name = "command_events";
  using pointer = event_stream_actor::stateful_pointer<command_events_state>;

  explicit command_events_state(pointer self) : self_{self} {}
  ~command_events_state();

  void init(std::shared_ptr<event_stream_order> order);
  void on_state(const command_answer& x);
  void on_notification(const notification& x);
  void on_progress(const progress_report& x);

  std::optional<sse_writer> writer;

private:
  void terminal(outcome_status status, uint64_t sequence, const std::string& document, std::string_view traceparent);

  pointer self_;
  std::shared_ptr<event_stream_order> order_;
  bool ended_ = false;
};

event_stream_actor::behavior_type command_events(command_events_state::pointer self, std::shared_ptr<event_stream_order> order);

// ---- All of an owner: `GET /events` --------------------------------------------------------------------------------

/// Live outcomes of an owner; with `Last-Event-ID` first exactly those that were missed, as fast as the client reads. A position
/// that is no longer kept gets a `gap` event, never silence.
struct owner_events_state {
  static inline constexpr const char* name = "owner_events";
  using pointer = event_stream_actor::stateful_pointer<owner_events_state>;

  explicit owner_events_state(pointer self) : self_{self} {}
  ~owner_events_state();

  void init(std::shared_ptr<event_stream_order> order);
  void on_joined(const joined& x);
  void on_kept(const kept& x);
  void on_missed(const missed& x);
  void on_notification(const notification& x);
  void on_progress(const progress_report& x);
  void on_drained();

  std::optional<sse_writer> writer;

private:
  void replay();
  void gap(std::string_view reason, uint64_t first_kept);
  void send(const notification& x);

  pointer self_;
  std::shared_ptr<event_stream_order> order_;
  uint64_t sent_ = 0; // highest sequence the client has or need not have
  bool live_ = false, waiting_for_reader_ = false;
};

event_stream_actor::behavior_type owner_events(owner_events_state::pointer self, std::shared_ptr<event_stream_order> order);

// ---- A query's answer, again at each change ------------------------------------------------------------------------

/// Sends a query's answer now and a new one at each change. Changes that come faster than the reader reads, or than
/// `pace`, are coalesced: the newest answer counts.
struct live_query_state {
  static inline constexpr const char* name = "live_query";
  using pointer = event_stream_actor::stateful_pointer<live_query_state>;

  explicit live_query_state(pointer self) : self_{self} {}
  ~live_query_state();

  void init(std::shared_ptr<event_stream_order> order);
  void on_answer(query_answer& x);
  void on_change();
  void on_drained();
  void on_pace();

  std::optional<sse_writer> writer;

private:
  void ask();

  pointer self_;
  std::shared_ptr<event_stream_order> order_;
  std::string last_payload_;
  bool changed_ = false, paced_ = false, reading_ = false; // reading_: the client has not read the last answer yet
};

event_stream_actor::behavior_type live_query(live_query_state::pointer self, std::shared_ptr<event_stream_order> order);

} // namespace tidings
