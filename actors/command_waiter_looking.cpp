// SPDX-License-Identifier: MIT
// What a waiter asks the streams for: an outcome that was told before, a command that was stored before.
#include <cstdlib>

#include "actors/command_waiter.hpp"
#include "actors/headers.hpp"
#include "actors/notification_hub.hpp"
#include "actors/owner.hpp"
#include "actors/stored_message.hpp"
#include "envelopes/errc.hpp"
#include "envelopes/subjects.hpp"
#include "net/jetstream.hpp"

namespace tidings {

using namespace std::chrono_literals;

namespace {

constexpr auto lookup_timeout = 2000ms;

bool nothing_there(const net::nats_message& msg) {
  return msg.status() == 404;
}

} // namespace

void command_waiter_state::look_for_outcome(const token& owner) {
  step_ = step::looking;
  auto subject = subjects::notification(owner, order_->command_id);
  self_->send(order_->gateway, nats_request{net::jetstream::api("DIRECT.GET.NOTIFICATIONS"), {},
                                            json{{"last_by_subj", subject}}.dump(), lookup_timeout, self_, outcome_lookup});
}

void command_waiter_state::on_reply(const nats_reply& x) {
  if (step_ == step::done) return;
  if (x.cookie == last_look) return on_last_look(x);
  if (x.error) {
    // While comparing, a copy is stored for certain; whose it is could not be found out.
    if (step_ == step::comparing) return fail(unknown_outcome());
    return fail(make_error(errc::unavailable, "NATS does not answer: " + failure_of(x.error).detail));
  }
  if (x.cookie == outcome_lookup) on_outcome_lookup(x);
  else if (x.cookie == first_copy) on_first_copy(x);
  else on_command_lookup(x);
}

void command_waiter_state::on_outcome_lookup(const nats_reply& x) {
  if (nothing_there(x.message)) {
    if (order_->outgoing && order_->outgoing->meaning) order_->outgoing->meaning->untold_at = started_;
    if (order_->outgoing) return order_->no_room ? look_for_earlier_copy() : publish_now();
    if (asked_public_ || order_->owner == public_owner()) return look_for_command();
    asked_public_ = true;
    return look_for_outcome(public_owner());
  }
  auto sequence = std::string{x.message.header("Nats-Sequence")};
  auto outcome = to_notification(x.message, std::strtoull(sequence.c_str(), nullptr, 10));
  if (!outcome) return fail(make_error(errc::unavailable, "the NOTIFICATIONS stream cannot be read"));
  if (order_->outgoing && outcome->digest != order_->outgoing->digest)
    return fail(make_error(errc::idempotency_mismatch, "this id was used for another command"));
  answer_with(std::move(*outcome));
}

void command_waiter_state::look_for_earlier_copy() {
  step_ = step::comparing;
  self_->send(order_->gateway, nats_request{net::jetstream::api("DIRECT.GET.COMMANDS"), {}, json{{"last_by_subj", order_->outgoing->message->subject}}.dump(),
                                            lookup_timeout, self_, first_copy});
}

void command_waiter_state::look_at_copy(uint64_t sequence) {
  step_ = step::comparing;
  self_->send(order_->gateway, nats_request{net::jetstream::api("DIRECT.GET.COMMANDS"), {}, json{{"seq", sequence}}.dump(), lookup_timeout, self_, first_copy});
}

void command_waiter_state::look_for_command() {
  // Only the id is known. A wildcard would make the server walk over all subjects (17 ms at 70,000 of them); asking for
  // every subject it can be costs a few microseconds each, whatever the stream holds.
  step_ = step::finding;
  for (auto& type : *order_->types)
    for (uint32_t partition = 0; partition < subjects::partitions; ++partition, ++lookups_open_)
      self_->send(order_->gateway,
                  nats_request{net::jetstream::api("DIRECT.GET.COMMANDS"), {},
                               json{{"last_by_subj", subjects::command_log(partition, type, order_->command_id)}}.dump(),
                               lookup_timeout, self_, command_lookup});
  if (lookups_open_ == 0) fail(make_error(errc::not_found, "no such command"));
}

void command_waiter_state::on_command_lookup(const nats_reply& x) {
  if (step_ != step::finding) return;
  --lookups_open_;
  // Unknown and foreign answer the same, so that ids cannot be probed.
  if (nothing_there(x.message) || !may_see(x.message.header(command_headers::owner))) {
    if (lookups_open_ == 0) fail(make_error(errc::not_found, "no such command"));
    return;
  }
  type_ = subjects::token_at(x.message.header("Nats-Subject"), 2);
  partition_ = subjects::token_at(x.message.header("Nats-Subject"), 1);
  key_ = x.message.header(command_headers::key);
  stored_for_ = x.message.header(command_headers::owner) == order_->owner.str() ? order_->owner : public_owner();
  auto text = std::string{x.message.header("Nats-Sequence")};
  accepted(std::strtoull(text.c_str(), nullptr, 10));
}

void command_waiter_state::on_first_copy(const nats_reply& x) {
  if (nothing_there(x.message) && order_->no_room) {
    order_->counts->refused(refusal::backlog);
    return fail(order_->no_room);
  }
  if (nothing_there(x.message)) return fail(unknown_outcome());
  if (x.message.header(command_headers::digest) != order_->outgoing->digest
      || x.message.header(command_headers::owner) != order_->owner.str())
    return fail(make_error(errc::idempotency_mismatch, "this id was used for another command"));
  auto text = std::string{x.message.header("Nats-Sequence")};
  stored_for_ = order_->owner;
  accepted(std::strtoull(text.c_str(), nullptr, 10));
}

void command_waiter_state::look_again() {
  step_ = step::looking_again;
  self_->send(order_->gateway, nats_request{net::jetstream::api("STREAM.MSG.GET.NOTIFICATIONS"), {},
                                            json{{"last_by_subj", subjects::notification(*stored_for_, order_->command_id)}}.dump(), lookup_timeout, self_, last_look});
}

void command_waiter_state::on_last_look(const nats_reply& x) {
  auto found = x.error ? caf::expected<net::nats_message>{x.error} : parse_stored_message(x.message.data());
  stored_for_.reset();
  if (!found || nothing_there(*found)) return answer_pending();
  auto sequence = std::string{found->header("Nats-Sequence")};
  auto outcome = to_notification(*found, std::strtoull(sequence.c_str(), nullptr, 10));
  if (!outcome || (order_->outgoing && outcome->digest != order_->outgoing->digest)) return answer_pending();
  answer_with(std::move(*outcome));
}

} // namespace tidings
