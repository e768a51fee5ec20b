// SPDX-License-Identifier: MIT
// What a projector must know before it decides: whether the command has an outcome, and what its key holds.
#include <charconv>

#include "actors/failpoint.hpp"
#include "actors/headers.hpp"
#include "actors/kv_projector.hpp"
#include "actors/read_model.hpp"
#include "actors/stored_message.hpp"
#include "envelopes/errc.hpp"
#include "envelopes/subjects.hpp"
#include "net/jetstream.hpp"

namespace tidings {

using namespace std::chrono_literals;

namespace {

constexpr auto call_timeout = 2000ms;

/// Whether this outcome is the command's last word. One that says *dead letter* is not for a later retry.
bool settles(const net::nats_message& outcome, const stored_command& command) {
  if (command.retry == 0 || outcome.header(notification_headers::code) != "dead_lettered") return true;
  auto told = outcome.header(notification_headers::retry); // empty, or a number of ours
  uint32_t retry = 0;
  std::from_chars(told.data(), told.data() + told.size(), retry);
  return retry >= command.retry;
}

/// Whether a message was found; none when the answer says something else.
std::optional<bool> has_message(const net::nats_message& answer) {
  if (answer.status() == 404) return false;
  return answer.status() == 0 ? std::optional{true} : std::nullopt;
}

} // namespace

bool kv_projector_state::asks_leader(const task& x) {
  // Then it may well have an outcome, and a replica that is behind may say that it has none.
  return x.overtaken || x.order.seen_before;
}

void kv_projector_state::begin(task& x) {
  auto& command = *x.order.command;
  if (x.must_find_outcome) {
    x.at = step::finding_outcome;
    failpoint("projector.before_lookup");
    auto id = token::admit(command.request.command_id, "command id");
    if (!id) return finish(x, {.what = projected::result::gave_up, .reason = {"invalid", failure_of(id.error()).detail}});
    self_->send(options_.gateway,
                nats_request{net::jetstream::api(asks_leader(x) ? "STREAM.MSG.GET.NOTIFICATIONS" : "DIRECT.GET.NOTIFICATIONS"), {},
                             json{{"last_by_subj", subjects::notification(command.owner, *id)}}.dump(), call_timeout, self_,
                             command.position.sequence});
  } else if (x.must_refresh) {
    refresh(x);
  } else {
    read(x);
  }
}

void kv_projector_state::read(task& x) {
  x.at = step::reading;
  failpoint("projector.before_read");
  self_->send(options_.read_model, look_up{x.order.command->key.str(), {}, self_, x.order.command->position.sequence});
}

void kv_projector_state::refresh(task& x) {
  x.at = step::refreshing;
  failpoint("projector.before_refresh");
  auto& command = *x.order.command;
  self_->send(options_.gateway, nats_request{net::jetstream::api("STREAM.MSG.GET.KV_" + options_.model->bucket.str()), {},
                                             json{{"last_by_subj", subjects::kv(options_.model->bucket, command.key)}}.dump(),
                                             call_timeout, self_, command.position.sequence});
}

void kv_projector_state::on_reply(const nats_reply& x) {
  if (auto* t = find(x.cookie, step::finding_outcome)) {
    if (x.error) return try_again(*t, x.error, false);
    auto found = asks_leader(*t) ? parse_stored_message(x.message.data()) : x.message;
    auto there = found ? has_message(*found) : std::nullopt;
    if (!there) return try_again(*t, make_error(errc::unavailable, "NOTIFICATIONS cannot be read"), false);
    if (*there && settles(*found, *t->order.command)) return finish(*t, {.what = projected::result::told_before});
    t->must_find_outcome = false;
    // Before that, it may have been told between this look and the one at its key.
    t->outcome_is_missing = t->overtaken;
    begin(*t);
  } else if (t = find(x.cookie, step::refreshing); t != nullptr) {
    if (x.error) return try_again(*t, x.error, false);
    auto found = parse_stored_message(x.message.data());
    if (!found) return try_again(*t, make_error(errc::unavailable, "the bucket cannot be read"), false);
    t->must_refresh = false;
    if (found->status() == 404) return on_entry(*t, nullptr);
    auto revision = std::string{found->header("Nats-Sequence")};
    auto doc = to_document(*found, std::strtoull(revision.c_str(), nullptr, 10));
    if (!doc)
      return finish(*t, {.what = projected::result::gave_up, .reason = {"invalid", "the entry in the bucket is not JSON"}});
    auto entry = std::make_shared<const stored_document>(std::move(*doc));
    self_->send(options_.read_model, apply_entry{entry});
    on_entry(*t, std::move(entry));
  }
}

} // namespace tidings
