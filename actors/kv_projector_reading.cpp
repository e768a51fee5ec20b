// SPDX-License-Identifier: MIT
// What a projector must know before it decides: whether the command has an outcome, and what its key holds.
#include <charconv>

#include "actors/failpoint.hpp"
#include "actors/headers.hpp"
#include "actors/kv_projector.hpp"
#include "actors/read_model.hpp"
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
std::optional<bool> replica_has(const net::nats_message& answer) {
  if (answer.status() == 404) return false;
  return answer.status() == 0 ? std::optional{true} : std::nullopt;
}

std::optional<bool> leader_has(const net::nats_message& answer) {
  auto parsed = net::jetstream::parse_api_answer(answer.data());
  if (!parsed) return std::nullopt;
  if (!parsed->error) return true;
  return parsed->error->err_code == net::jetstream::err_no_message_found ? std::optional{false} : std::nullopt;
}

} // namespace

bool kv_projector_state::asks_leader(const task& x) {
  // "There is none" condemns the command then, and a replica that is behind may say so. Which retry an outcome is of, only the other tells.
  return x.overtaken && x.order.command->retry == 0;
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
  self_->send(options_.gateway, nats_request{net::jetstream::api("DIRECT.GET.KV_" + options_.model->bucket.str()), {},
                                             json{{"last_by_subj", subjects::kv(options_.model->bucket, command.key)}}.dump(),
                                             call_timeout, self_, command.position.sequence});
}

void kv_projector_state::on_reply(const nats_reply& x) {
  if (auto* t = find(x.cookie, step::finding_outcome)) {
    if (x.error) return try_again(*t, x.error, false);
    auto there = asks_leader(*t) ? leader_has(x.message) : replica_has(x.message);
    if (!there) return try_again(*t, make_error(errc::unavailable, "NOTIFICATIONS cannot be read"), false);
    if (*there && settles(x.message, *t->order.command)) return finish(*t, {.what = projected::result::told_before});
    t->must_find_outcome = false;
    // Before that, it may have been told between this look and the one at its key.
    t->outcome_is_missing = t->overtaken;
    begin(*t);
  } else if (t = find(x.cookie, step::refreshing); t != nullptr) {
    if (x.error) return try_again(*t, x.error, false);
    auto status = x.message.status();
    if (status != 0 && status != 404) return try_again(*t, make_error(errc::unavailable, "the bucket cannot be read"), false);
    t->must_refresh = false;
    if (status == 404) return on_entry(*t, nullptr);
    auto revision = std::string{x.message.header("Nats-Sequence")};
    auto doc = to_document(x.message, std::strtoull(revision.c_str(), nullptr, 10));
    if (!doc)
      return finish(*t, {.what = projected::result::gave_up, .reason = {"invalid", "the entry in the bucket is not JSON"}});
    auto entry = std::make_shared<const stored_document>(std::move(*doc));
    self_->send(options_.read_model, apply_entry{entry});
    on_entry(*t, std::move(entry));
  }
}

} // namespace tidings
