// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/caller_places.hpp"
#include "actors/http_router.hpp"
#include "actors/interfaces.hpp"
#include "actors/metrics.hpp"

namespace tidings {

struct http_session_state;
using http_session_ptr = http_session_actor::stateful_pointer<http_session_state>;

/// What all sessions of a process share; read-only.
struct http_services {
  http_settings settings;
  command_bus_actor commands;
  query_bus_actor queries;
  notification_hub_actor hub;
  readiness_source readiness;        ///< Of the process.
  nats_gateway_actor gateway;
  service_directory_actor directory;
  std::shared_ptr<const std::vector<std::string>> refetch; ///< Never null; see refetch_list.
  metrics_ptr counts = std::make_shared<metrics>();
  std::shared_ptr<caller_places> places; ///< Of the whole process. Null: no limits for one caller.
  process_reporter_actor reporter;      ///< Null: there is one shard, and its counts are those of the process.
};

/// One connection: routes its requests, one at a time, and writes the answers. Dies with its socket.
struct http_session_state {
  static inline constexpr const char* name = "http_session";

  explicit http_session_state(http_session_ptr self) : self_{self} {}
  ~http_session_state();

  void init(std::shared_ptr<const http_services> services, std::shared_ptr<void> permit, caf::typed_actor<caf::reacts_to<session_opened>> listener);
  void adopt(adopt_socket& x);
  void on_command(const command_answer& x);
  void on_query(query_answer& x);
  void drain();
  void stop();

  // From the connection, inside an activation.
  void on_request(net::http_request& request);
  void on_bad_request(const caf::error& why, std::string path);
  void on_peer_closed();
  void on_drained();
  void on_closed();

private:
  /// A place for what the call holds. @returns false when there is none; that is answered then.
  bool take_place();
  bool wait_for_keys(net::http_request& request);
  void perform();
  void start_stream(events_request& x);
  void release_request();
  void ask(ask_query& x);
  void on_after_command(const command_answer& x);
  void answer_problem(const caf::error& why, std::string allow = {});
  void respond(net::http_response x);

  http_session_ptr self_;
  std::shared_ptr<const http_services> services_;
  std::shared_ptr<void> permit_;
  caf::typed_actor<caf::reacts_to<session_opened>> listener_;
  std::shared_ptr<net::http_connection> connection_;
  uint64_t cookie_ = 0;         // of the request being answered
  bool answering_ = false;      // an answer is owed
  bool streams_owner_ = false;  // the connection ends with that stream
  std::unique_ptr<http_call> call_; // null before the first request and in a stream of an owner
  route_class route_ = route_class::other;
  std::unique_ptr<net::http_request> held_; // until the issuer's keys are here
  std::shared_ptr<void> place_; // of a wait; a stream holds its own
  event_stream_actor stream_;   // while the response is a stream
  std::chrono::steady_clock::time_point since_{};
  std::string path_, command_id_, peer_;
};

http_session_actor::behavior_type http_session(http_session_ptr self, std::shared_ptr<const http_services> services,
                                               std::shared_ptr<void> permit,
                                               caf::typed_actor<caf::reacts_to<session_opened>> listener);

} // namespace tidings
