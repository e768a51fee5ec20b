// SPDX-License-Identifier: MIT
// The second half of a command's way: its outcome, and its end.
#include <algorithm>

#include <spdlog/spdlog.h>

#include "actors/backoff.hpp"
#include "actors/dead_letter.hpp"
#include "actors/failpoint.hpp"
#include "actors/headers.hpp"
#include "actors/reactor.hpp"
#include "actors/settlement.hpp"
#include "actors/stored_message.hpp"
#include "envelopes/errc.hpp"
#include "envelopes/timestamp.hpp"
#include "net/jetstream.hpp"

namespace tidings {

using namespace std::chrono_literals;

namespace {

constexpr auto publish_timeout = 2000ms;

constexpr const char* ack_text = "+ACK";
constexpr const char* term_text = "+TERM";

} // namespace

void reactor_state::on_projected(projected& x) {
  auto i = tasks_.find(x.cookie);
  if (i == tasks_.end()) return;
  auto& t = i->second;
  failpoint("reactor.projected");
  if (x.handled_at) {
    t.reached = stage::handled;
    options_.counts->handled.observe(*x.handled_at - t.received);
  }
  using result = projected::result;
  switch (x.what) {
    case result::superseded: {
      // Its owner was told once, and may have been told either: no outcome is made up. Whoever runs this is to know.
      auto stored = net::parse_delivery(t.message.reply()).value_or(net::delivery_info{});
      return bury(x.cookie, t, dead_letter_of(t.message, {"a later command of its key was applied, and its own outcome is not in NOTIFICATIONS any more",
                                                          std::max(x.attempts, 1U), stored}));
    }
    case result::told_before: return end(x.cookie, command_end::skipped);
    case result::gave_up: {
      t.telling = std::make_shared<outgoing_message>(outcome_of(*t.command, x, t.reached));
      auto stored = net::parse_delivery(t.message.reply()).value_or(net::delivery_info{});
      return bury(x.cookie, t, dead_letter_of(t.message, {x.reason.message, x.attempts, stored}));
    }
    case result::written:
    case result::removed:
      t.reached = stage::projected;
      options_.counts->projected.observe(self_->clock().now() - t.received);
      [[fallthrough]];
    case result::rejected: break;
  }
  auto told = std::make_shared<outgoing_message>(outcome_of(*t.command, x, t.reached));
  if (x.handled_at) {
    auto timing = milliseconds_text(*x.handled_at - t.received);
    if (t.reached == stage::projected) timing += ' ' + milliseconds_text(self_->clock().now() - t.received);
    told->headers.emplace_back(notification_headers::timing, std::move(timing));
  }
  t.telling = std::move(told);
  tell(x.cookie, t, step::telling);
}

void reactor_state::bury(uint64_t sequence, task& x, outgoing_message letter) {
  spdlog::error("{} goes to DEAD_LETTERS: {}", x.command ? name_of(*x.command) : name_of(x.message), letter.headers.front().second.str());
  failpoint("reactor.before_bury");
  x.dead = true;
  x.burial = std::make_shared<outgoing_message>(std::move(letter));
  tell(sequence, x, step::burying);
}

void reactor_state::tell(uint64_t sequence, task& x, step at) {
  failpoint("reactor.before_tell");
  x.at = at;
  x.retry_at = {};
  self_->send(options_.gateway, publish{at == step::burying ? x.burial : x.telling, publish_timeout, self_, sequence});
}

void reactor_state::try_again(uint64_t sequence, task& x) {
  bool first_of_its_command = !x.command || x.command->retry == 0;
  if (x.at != step::telling || !x.maybe_told || !first_of_its_command) return tell(sequence, x, x.at);
  // The stream would refuse a second one. But copies of a stream in a cluster of nats-server 2.9 count refusals, and one that loses
  // count in a crash numbers what follows otherwise than the others (docs/durability.md, "A cluster").
  x.retry_at = {};
  self_->send(options_.gateway, nats_request{net::jetstream::api("STREAM.MSG.GET.NOTIFICATIONS"), {}, json{{"last_by_subj", x.telling->subject}}.dump(),
                                             publish_timeout, self_, outcome_lookup | sequence});
}

void reactor_state::on_outcome_lookup(const nats_reply& x) {
  auto sequence = x.cookie & ~outcome_lookup;
  auto i = tasks_.find(sequence);
  if (i == tasks_.end() || i->second.at != step::telling) return;
  auto& t = i->second;
  auto found = x.error ? caf::expected<net::nats_message>{x.error} : parse_stored_message(x.message.data());
  if (!found) t.retry_at = self_->clock().now() + backoff(t.stalls++, sequence);
  else if (found->status() == 404) tell(sequence, t, step::telling);
  else end(sequence, t.dead ? command_end::dead_lettered : command_end::skipped);
}

void reactor_state::on_published(const published& x) {
  auto i = tasks_.find(x.cookie);
  if (i == tasks_.end() || i->second.at == step::projecting) return;
  auto& t = i->second;
  // Somebody told it before: another reactor, or we, without hearing of it.
  if (x.error && t.at == step::telling && code_of(x.error) == errc::wrong_revision) return end(x.cookie, t.dead ? command_end::dead_lettered : command_end::skipped);
  if (x.error) {
    // Nothing may be acknowledged before its outcome is safe; there is no other way out than to try again.
    t.maybe_told |= t.at == step::telling && code_of(x.error) == errc::outcome_unknown;
    t.retry_at = self_->clock().now() + backoff(t.stalls++, x.cookie);
    return;
  }
  failpoint("reactor.told");
  if (t.at == step::burying && t.telling) return tell(x.cookie, t, step::telling);
  if (t.at == step::telling) {
    options_.counts->notified.observe(self_->clock().now() - t.received);
    if (options_.hub) self_->send(options_.hub, stored_outcome{t.telling, x.sequence});
  }
  end(x.cookie, t.dead ? command_end::dead_lettered : t.reached == stage::projected ? command_end::completed : command_end::rejected);
}

void reactor_state::end(uint64_t sequence, command_end how) {
  auto i = tasks_.find(sequence);
  auto& t = i->second;
  options_.counts->ended(t.command ? std::string_view{t.command->request.command_type} : std::string_view{}, how);
  failpoint("reactor.before_ack");
  self_->send(options_.gateway, emit{std::string{t.message.reply()}, {}, t.dead ? term_text : ack_text, {}, true});
  if (t.command) self_->send(projector_of(*t.command), settled{sequence});
  tasks_.erase(i);
  --options_.counts->in_flight;
  failpoint("reactor.after_ack");
  if (!tasks_.empty() || !drained_.pending()) return;
  report(); // up to where: whoever comes next starts there
  drained_.deliver(true);
}

} // namespace tidings
