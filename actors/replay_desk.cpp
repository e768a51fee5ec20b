// SPDX-License-Identifier: MIT
#include "actors/replay_desk.hpp"

#include <charconv>

#include <caf/send.hpp>

#include "actors/notification_hub.hpp"
#include "envelopes/errc.hpp"
#include "net/jetstream.hpp"

namespace tidings {

using namespace std::chrono_literals;

namespace {

constexpr auto lookup_timeout = 10s;
constexpr uint32_t forget_after = 30; // ticks without a question

uint64_t sequence_of(const net::nats_message& msg) {
  auto text = msg.header("Nats-Sequence");
  uint64_t result = 0;
  std::from_chars(text.data(), text.data() + text.size(), result);
  return result;
}

} // namespace

// ---- What is kept --------------------------------------------------------------------------------------------------

void replay_desk::ask(const ask_kept& x) {
  // A question that is open already may be older than the position this one is about.
  want_kept_.push_back(x.listener);
  if (share_kept_.empty()) look();
}

void replay_desk::look() {
  share_kept_ = std::exchange(want_kept_, {});
  caf::anon_send(opts_.gateway, nats_request{net::jetstream::api("STREAM.INFO.NOTIFICATIONS"), {}, {}, lookup_timeout, opts_.replies, stream_info});
}

void replay_desk::on_info(const nats_reply& x) {
  auto answer = x.error ? caf::expected<net::jetstream::api_answer>{x.error} : net::jetstream::parse_api_answer(x.message.data());
  kept result;
  if (!answer || answer->error) {
    result.error = answer ? make_error(errc::unavailable, answer->error->description) : answer.error();
  } else {
    auto state = answer->body.value("state", json::object());
    result.first = state.value("first_seq", uint64_t{0});
    result.last = state.value("last_seq", uint64_t{0});
  }
  for (auto& who : std::exchange(share_kept_, {})) caf::anon_send(who, result);
  if (!want_kept_.empty()) look();
}

// ---- What was missed -----------------------------------------------------------------------------------------------

void replay_desk::ask(const ask_missed& x) {
  quiet_ticks_ = 0;
  if (x.after < history_.floor()) return wait(x);
  ++opts_.counts->resumed_from_memory;
  tell(x.listener, history_.part_of(x.owner, x.after));
}

void replay_desk::wait(const ask_missed& x) {
  auto id = caf::actor_cast<caf::actor_addr>(x.listener).id();
  if (waiting_.insert_or_assign(id, x).second) queue_.push_back(id);
  read_on();
}

void replay_desk::read_on() {
  while (reading_.size() < most_reading && !queue_.empty()) {
    auto next = waiting_.extract(queue_.front());
    queue_.pop_front();
    if (next.empty()) continue; // gone meanwhile
    auto& question = next.mapped();
    json body = {{"seq", question.after + 1}, {"next_by_subj", "notifications." + question.owner + ".*"}};
    caf::anon_send(opts_.gateway, nats_request{net::jetstream::api("DIRECT.GET.NOTIFICATIONS"), {}, body.dump(), lookup_timeout, opts_.replies, next_cookie_});
    reading_.emplace(next_cookie_++, lookup{std::move(question), history_.last()});
  }
  opts_.counts->resumes_waiting = waiting_.size();
}

void replay_desk::on_lookup(lookup x, const nats_reply& reply) {
  auto& question = x.question;
  ++opts_.counts->resumed_from_stream;
  missed result;
  auto status = reply.error ? 0 : reply.message.status();
  if (reply.error || (status != 0 && status != 404)) {
    result.error = reply.error ? reply.error : make_error(errc::unavailable, "NOTIFICATIONS cannot be read");
  } else if (status == 404) {
    // Nothing of this owner up to where we were when we asked; what came since is in the history, if that is long enough.
    question.after = std::max(question.after, x.seen);
    if (question.after >= history_.floor()) return tell(question.listener, history_.part_of(question.owner, question.after));
    result.up_to = question.after;
  } else {
    result.up_to = sequence_of(reply.message);
    if (result.up_to <= question.after) result.error = make_error(errc::unavailable, "NOTIFICATIONS answers with another position");
    else if (auto outcome = to_notification(reply.message, result.up_to)) result.outcomes.push_back(std::move(*outcome));
  }
  tell(question.listener, std::move(result));
}

void replay_desk::tell(const event_listener& who, missed what) {
  caf::anon_send(who, std::move(what));
}

void replay_desk::forget(const event_listener& who) {
  waiting_.erase(caf::actor_cast<caf::actor_addr>(who).id());
  opts_.counts->resumes_waiting = waiting_.size();
}

bool replay_desk::on_reply(const nats_reply& x) {
  if (x.cookie == stream_info) {
    on_info(x);
    return true;
  }
  auto found = reading_.extract(x.cookie);
  if (found.empty()) return false;
  on_lookup(std::move(found.mapped()), x);
  read_on();
  return true;
}

void replay_desk::on_tick() {
  if (++quiet_ticks_ == forget_after) history_.forget_owners();
}

} // namespace tidings
