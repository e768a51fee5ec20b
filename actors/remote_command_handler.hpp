// SPDX-License-Identifier: MIT
#pragma once

#include <unordered_map>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include "actors/interfaces.hpp"

namespace tidings {

/// A command handler that asks a service elsewhere, and gets its answer.
using remote_handler_actor = caf::typed_actor<caf::replies_to<decide_command>::with<decision>, caf::reacts_to<nats_reply>>;

struct remote_command_handler_state;
using remote_command_handler_ptr = remote_handler_actor::stateful_pointer<remote_command_handler_state>;

/// Sends the command envelope and the current document (`state`) to the model's handler subject and takes the answer as the
/// decision (docs/handlers.md). No answer, nobody there, or an answer that is none are errors: the projector tries again,
/// and gives up after its bound.
struct remote_command_handler_state {
  static inline constexpr const char* name = "remote_command_handler";

  explicit remote_command_handler_state(remote_command_handler_ptr self) : self_{self} {}

  void init(nats_gateway_actor gateway, remote_handler where);
  caf::result<decision> decide(const decide_command& x);
  void on_reply(const nats_reply& x);

private:
  struct open_decision {
    stored_command_ptr command;
    caf::typed_response_promise<decision> promise;
    clock_time next_progress{}; ///< What comes earlier is left out.
  };

  void pass_on(open_decision& open, const net::nats_message& msg);
  caf::expected<decision> read(const stored_command& command, const net::nats_message& msg) const;

  remote_command_handler_ptr self_;
  nats_gateway_actor gateway_;
  remote_handler where_;
  std::unordered_map<uint64_t, open_decision> open_; // bounded by what the reactor has in flight
  uint64_t next_cookie_ = 0;
};

remote_handler_actor::behavior_type remote_command_handler(remote_command_handler_ptr self, nats_gateway_actor gateway, remote_handler where);

} // namespace tidings
