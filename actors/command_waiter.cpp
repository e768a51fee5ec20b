// SPDX-License-Identifier: MIT
#include "actors/command_waiter.hpp"

#include <algorithm>
#include <charconv>

#include <caf/after.hpp>

#include "actors/headers.hpp"
#include "actors/notification_hub.hpp"
#include "actors/owner.hpp"
#include "envelopes/errc.hpp"
#include "envelopes/subjects.hpp"
#include "envelopes/timestamp.hpp"

namespace tidings {

using namespace std::chrono_literals;

namespace {

constexpr auto publish_timeout = 2000ms;
constexpr auto publish_again_after = 100ms;

command_waiter_actor::behavior_type table_of_contents(command_waiter_ptr self) {
  return {
    [self](const published& x) { self->state.on_published(x); },
    [self](const nats_reply& x) { self->state.on_reply(x); },
    [self](notification& x) { self->state.on_notification(x); },
    [self](const abandon_wait& x) { self->state.on_abandon(x); },
  };
}

command_waiter_actor::behavior_type table_of_contents(command_waiter_ptr self, clock_time::duration until_timeout) {
  return {
    [self](const published& x) { self->state.on_published(x), self->state.keep_timeout(); },
    [self](const nats_reply& x) { self->state.on_reply(x), self->state.keep_timeout(); },
    [self](notification& x) { self->state.on_notification(x), self->state.keep_timeout(); },
    [self](const abandon_wait& x) { self->state.on_abandon(x), self->state.keep_timeout(); },
    caf::after(until_timeout) >> [self] { self->state.on_timeout(); },
  };
}

/// Who may know of a command: the reactor of its partition, and the one of the whole stream.
std::vector<reactor_actor> reactors_of(const reactors_ptr& all, std::string_view partition) {
  uint32_t number = 0;
  auto [end, problem] = std::from_chars(partition.data(), partition.data() + partition.size(), number);
  if (!all || problem != std::errc{} || number >= subjects::partitions) return {};
  return {all->at(number), all->at(subjects::partitions)};
}

} // namespace

void command_waiter_state::init(std::shared_ptr<wait_order> order) {
  order_ = std::move(order);
  started_ = self_->clock().now();
  deadline_ = started_ + order_->wait;
  // The hub's mailbox has this before anything of ours reaches the network: the outcome cannot slip by.
  self_->send(order_->hub, watch_command{order_->command_id.str(), self_});
  if (!order_->outgoing) return look_for_outcome(order_->owner);
  partition_ = subjects::token_at(order_->outgoing->message->subject, 1);
  if (order_->outgoing->digest.empty()) publish_now();
  else look_for_outcome(order_->owner);
}

void command_waiter_state::wake_in(clock_time::duration delay) {
  timeout_at_ = self_->clock().now() + delay;
  self_->become(table_of_contents(self_, std::max(delay, clock_time::duration{0})));
}

void command_waiter_state::keep_timeout() {
  if (step_ == step::waiting || step_ == step::backing_off) wake_in(timeout_at_ - self_->clock().now());
}

// ---- Publishing ----------------------------------------------------------------------------------------------------

void command_waiter_state::publish_now() {
  step_ = step::publishing;
  self_->send(order_->gateway, publish{order_->outgoing->message, publish_timeout, self_, 0});
}

void command_waiter_state::on_published(const published& x) {
  if (step_ != step::publishing) return;
  if (!x.error) {
    // Our own second try is a duplicate too; only an id that somebody chose may belong to another command.
    if (!x.duplicate || order_->outgoing->digest.empty()) {
      auto& out = *order_->outgoing;
      if (order_->own && out.meaning) order_->own->keep(x.sequence, std::move(out.meaning), out.message);
      return accepted(x.sequence);
    }
    return look_at_copy(x.sequence);
  }
  if (code_of(x.error) == errc::outcome_unknown) maybe_stored_ = true;
  if (!maybe_stored_) return fail(x.error);
  if (self_->clock().now() - started_ >= order_->publish_deadline)
    return fail(unknown_outcome());
  step_ = step::backing_off;
  wake_in(publish_again_after);
}

// ---- Waiting -------------------------------------------------------------------------------------------------------

void command_waiter_state::accepted(uint64_t sequence) {
  sequence_ = sequence;
  if (order_->outgoing) {
    accepted_after_ = self_->clock().now() - started_;
    order_->counts->accepted.observe(std::chrono::duration_cast<std::chrono::nanoseconds>(*accepted_after_));
  }
  auto left = deadline_ - self_->clock().now();
  step_ = step::waiting;
  if (order_->wait == 0ms || left <= clock_time::duration{0}) return answer_pending();
  wake_in(left);
}

void command_waiter_state::on_timeout() {
  if (step_ == step::backing_off) {
    self_->become(table_of_contents(self_));
    publish_now();
  } else if (step_ == step::waiting) {
    answer_pending();
  }
}

void command_waiter_state::on_notification(notification& x) {
  if (step_ == step::done || x.status == outcome_status::pending) return;
  told_ = true; // a settled outcome ends the watch at the hub
  // A foreign command with the same id is not ours to see.
  if (!may_see(x.owner)) return;
  if (order_->outgoing && x.digest != order_->outgoing->digest) return;
  answer_with(std::move(x));
}

void command_waiter_state::on_abandon(const abandon_wait& x) {
  if (x.listener != nullptr && x.listener != order_->listener.address()) return;
  order_->wait = 0ms;
  deadline_ = started_;
  if (step_ == step::waiting) answer_pending();
}

void command_waiter_state::answer_pending() {
  self_->become(table_of_contents(self_));
  // It may have been told before we watched, and the copy that we asked at first may have been behind.
  if (stored_for_) return look_again();
  auto give = [this](stage reached) {
    if (step_ == step::done) return; // the outcome came while we asked
    outcome pending;
    pending.command_id = order_->command_id.str();
    pending.command_type = order_->outgoing ? order_->outgoing->type : type_;
    pending.timestamp = now_rfc3339();
    pending.reached = reached;
    std::string_view key = order_->outgoing ? net::value_of(order_->outgoing->message->headers, command_headers::key) : key_;
    if (!key.empty()) pending.key = key;
    answer({order_->cookie, {}, pending.command_id, outcome_status::pending, {},
            0, std::make_shared<const std::string>(to_json(pending))});
  };
  // Right after our own acknowledgement there is nothing to ask.
  auto asked = reactors_of(order_->reactors, partition_);
  if (asked.empty() || (order_->outgoing && order_->wait == 0ms)) return give(stage::accepted);
  step_ = step::asking;
  auto rest = std::make_shared<std::pair<size_t, stage>>(asked.size(), stage::accepted);
  auto told = [give, rest](stage reached) {
    rest->second = std::max(rest->second, reached);
    if (--rest->first == 0) give(rest->second);
  };
  for (auto& reactor : asked)
    self_->request(reactor, caf::infinite, ask_stage{sequence_}).then(told, [told](const caf::error&) { told(stage::accepted); });
}

void command_waiter_state::answer_with(notification x) {
  answer({order_->cookie, {}, order_->command_id.str(), x.status, std::move(x.code), x.sequence, std::move(x.document), std::move(x.timing)});
}

caf::error command_waiter_state::unknown_outcome() const {
  return make_error(errc::outcome_unknown, "the stream did not confirm the command in time; it may or may not have been stored: ask for "
                                             + order_->command_id.str() + " or retry with the same id");
}

void command_waiter_state::fail(caf::error why) {
  answer({order_->cookie, std::move(why), order_->command_id.str(), outcome_status::pending, {}, 0, nullptr});
}

bool command_waiter_state::may_see(std::string_view owner) const {
  return owner == order_->owner.str() || (!order_->outgoing && owner == public_owner().str());
}

void command_waiter_state::count(const command_answer& x) const {
  auto how = command_reply::pending;
  if (x.error) how = code_of(x.error) == errc::outcome_unknown ? command_reply::unknown : command_reply::refused;
  else if (x.status == outcome_status::completed) how = command_reply::completed;
  else if (x.status == outcome_status::failed) how = command_reply::failed;
  order_->counts->replied(order_->outgoing->type, how);
  if (how == command_reply::completed || how == command_reply::failed) order_->counts->waited.observe(self_->clock().now() - started_);
}

void command_waiter_state::answer(command_answer x) {
  step_ = step::done;
  x.accepted_after = accepted_after_;
  if (order_->outgoing) count(x);
  if (!told_) self_->send(order_->hub, unwatch_command{order_->command_id.str(), self_});
  self_->send(order_->listener, std::move(x));
  self_->quit();
}

command_waiter_actor::behavior_type command_waiter(command_waiter_ptr self, std::shared_ptr<wait_order> order) {
  self->state.init(std::move(order));
  return table_of_contents(self);
}

} // namespace tidings
