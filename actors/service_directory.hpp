// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include "actors/interfaces.hpp"

namespace tidings {

struct service_directory_state;
using service_directory_ptr = service_directory_actor::stateful_pointer<service_directory_state>;

/// Finds out which services there are on the network (NATS services protocol, ADR-32): asks everybody, and collects what
/// comes within a moment. Many askers at once share one round.
struct service_directory_state {
  static inline constexpr const char* name = "service_directory";
  static constexpr size_t max_services = 1000; ///< More are left out, and the answer says so.

  explicit service_directory_state(service_directory_ptr self) : self_{self} {}

  void init(nats_gateway_actor gateway);
  caf::result<std::string> ask();
  void on_batch(const nats_batch& x);
  void on_collected();

private:
  service_directory_ptr self_;
  nats_gateway_actor gateway_;
  std::string inbox_;
  json services_ = json::array();
  bool truncated_ = false;
  std::string answer_; // of the last round
  clock_time answered_{};
  std::vector<caf::typed_response_promise<std::string>> waiting_;
};

service_directory_actor::behavior_type service_directory(service_directory_ptr self, nats_gateway_actor gateway);

} // namespace tidings
