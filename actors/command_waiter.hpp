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
#include "actors/own_commands.hpp"

namespace tidings {

struct command_waiter_state;
using command_waiter_ptr = command_waiter_actor::stateful_pointer<command_waiter_state>;

/// The command to publish; a waiter without one attaches to a command that exists.
struct outgoing_command {
  std::string type;
  outgoing_message_ptr message;
  std::string digest; ///< Set when the client chose the id: somebody may have used it before.
  std::unique_ptr<stored_command> meaning = {}; ///< What `message` says, for our own reactor; null without one.
};

/// The reactors of a process, by partition; the last one's is the stream as a whole.
using reactors_ptr = std::shared_ptr<const std::vector<reactor_actor>>;

/// What a waiter is born with.
struct wait_order {
  nats_gateway_actor gateway;
  notification_hub_actor hub;
  reactors_ptr reactors;              ///< Null in a process without them; then no stage beyond `accepted` is known.
  token command_id;
  token owner;
  std::optional<outgoing_command> outgoing;
  milliseconds wait{0};               ///< How long the listener waits for the outcome, from now.
  milliseconds publish_deadline{5000};///< How long an unknown publish is tried again.
  command_listener listener;
  uint64_t cookie = 0;
  std::shared_ptr<void> permit;       ///< Given back when the waiter ends.
  std::shared_ptr<const std::vector<token>> types; ///< Attaching: every command type it could be.
  metrics_ptr counts = std::make_shared<metrics>();
  caf::error no_room = {};            ///< When set, a command that the stream does not have yet is refused with it.
  std::shared_ptr<own_commands> own = {}; ///< Where the reactor of this process finds what we published; null without one.
};

/// One wait: watches for the outcome first, then publishes or looks the command up, then answers once - with the outcome,
/// with *pending* at the deadline, or with an error - and ends.
struct command_waiter_state {
  static inline constexpr const char* name = "command_waiter";

  explicit command_waiter_state(command_waiter_ptr self) : self_{self} {}

  void init(std::shared_ptr<wait_order> order);
  void on_published(const published& x);
  void on_reply(const nats_reply& x);
  void on_notification(notification& x);
  void on_abandon(const abandon_wait& x);
  void on_timeout();
  /// CAF counts `after` from the last message; one that changes nothing must not move the deadline.
  void keep_timeout();

private:
  enum class step : uint8_t { looking, publishing, backing_off, comparing, finding, waiting, looking_again, asking, done };
  enum cookies : uint64_t { outcome_lookup = 1, first_copy = 2, command_lookup = 3, last_look = 4 };

  void look_for_outcome(const token& owner);
  void look_for_command();
  void look_for_earlier_copy();
  void look_at_copy(uint64_t sequence);
  void publish_now();
  void on_outcome_lookup(const nats_reply& x);
  void on_first_copy(const nats_reply& x);
  void on_command_lookup(const nats_reply& x);
  void accepted(uint64_t sequence);
  void answer_pending();
  void look_again();
  void on_last_look(const nats_reply& x);
  void answer_with(notification x);
  void answer(command_answer x);
  void count(const command_answer& x) const;
  bool may_see(std::string_view owner) const;
  caf::error unknown_outcome() const;
  void fail(caf::error why);
  void wake_in(clock_time::duration delay);

  command_waiter_ptr self_;
  std::shared_ptr<wait_order> order_;
  clock_time started_{}, deadline_{}, timeout_at_{};
  step step_ = step::looking;
  bool maybe_stored_ = false; // a publish of ours ended without an answer
  uint64_t sequence_ = 0;     // in COMMANDS, once known
  std::string partition_;     // likewise
  std::optional<std::chrono::duration<double, std::milli>> accepted_after_; // what we published is stored
  size_t lookups_open_ = 0;
  bool asked_public_ = false;
  std::optional<token> stored_for_; // owner of a command that was stored before we came
  bool told_ = false;         // the hub watches no more
  std::string type_, key_;    // of a command that was stored before we came
};

command_waiter_actor::behavior_type command_waiter(command_waiter_ptr self, std::shared_ptr<wait_order> order);

} // namespace tidings
