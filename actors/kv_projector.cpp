// SPDX-License-Identifier: MIT
#include "actors/kv_projector.hpp"

#include <algorithm>
#include <functional>
#include <string_view>

#include <spdlog/spdlog.h>

#include "actors/backoff.hpp"
#include "actors/failpoint.hpp"
#include "actors/headers.hpp"
#include "actors/read_model.hpp"
#include "actors/settlement.hpp"
#include "envelopes/errc.hpp"
#include "envelopes/subjects.hpp"
#include "model/canonical.hpp"

namespace tidings {

using namespace std::chrono_literals;

namespace {

constexpr auto tick = 50ms;
constexpr auto call_timeout = 2000ms;

/// What stops a command before any handler sees it.
std::optional<rejection> refusal(const stored_command& command, const document_ptr& current) {
  if (command.expires && *command.expires < std::chrono::system_clock::now())
    return rejection{"expired", "the command's time to live was over before it was handled; it was not executed"};
  if (!command.expected_revision) return std::nullopt;
  auto has = current && !current->deleted ? current->revision : 0;
  if (has == *command.expected_revision) return std::nullopt;
  return rejection{"revision_mismatch", "expected revision " + std::to_string(*command.expected_revision)
                                          + (has == 0 ? ", but there is no document" : ", but it is " + std::to_string(has))};
}

/// Whether a decision that failed is to be blamed on the handler; an outage of NATS on the way to it is not.
bool blames_handler(errc code) {
  return code != errc::unavailable && code != errc::outcome_unknown && code != errc::overloaded && code != errc::shutting_down;
}

} // namespace

void kv_projector_state::init(kv_projector_options options) {
  options_ = std::move(options);
}

// ---- Order ---------------------------------------------------------------------------------------------------------

lane_list kv_projector_state::lanes_of(const stored_command& x) const {
  std::hash<std::string_view> number;
  lane_list result{number(x.key.str())};
  auto& model = *options_.model;
  if (model.unique.empty()) return result;
  // A handler elsewhere may answer with any value, so with one about everybody goes through one lane.
  if (std::ranges::any_of(model.commands, [](auto& c) { return c.second.handler.has_value(); })) return {0};
  for (auto& [field, value] : unique_values(x.request.payload)) result.push_back(number(field + '=' + canonical(value)));
  return result;
}

void kv_projector_state::on_project(project& x) {
  auto sequence = x.command->position.sequence;
  auto [i, fresh] = tasks_.try_emplace(sequence);
  if (!fresh) { // under way
    if (x.listener != i->second.order.listener) i->second.heir = std::move(x.listener);
    return;
  }
  failpoint("projector.queued");
  i->second.lanes = lanes_of(*x.command);
  // An id that a client chose may have been used before, too long ago for the stream to notice. That command was settled before
  // this one came, so its write is nothing that our copy could miss. And one that is put back has an outcome for certain.
  i->second.must_refresh = x.seen_before || x.command->retry > 0;
  i->second.must_find_outcome = !is_untold(*x.command) || i->second.must_refresh;
  i->second.order = std::move(x);
  if (lanes_.enter(sequence, i->second.lanes)) begin(i->second);
}

bool kv_projector_state::is_untold(const stored_command& x) {
  if (x.digest.empty()) return true; // our ids are nobody else's
  auto now = self_->clock().now();
  bool alone = chosen_.enter(x.request.command_id, now);
  return alone && x.untold_at && now - *x.untold_at < untold_holds;
}

void kv_projector_state::on_settled(const settled& x) {
  auto i = tasks_.find(x.cookie);
  if (i == tasks_.end() || i->second.at != step::done) return;
  failpoint("projector.settled");
  if (i->second.heir) { // its outcome is safe, which is all that the other one needs to know
    auto heir = std::exchange(i->second.heir, nullptr);
    projected told{.cookie = x.cookie, .what = projected::result::told_before};
    self_->send(i->second.order.listener = heir, std::move(told));
    return;
  }
  if (auto& command = *i->second.order.command; !command.digest.empty()) chosen_.leave(command.request.command_id, self_->clock().now());
  auto names = std::move(i->second.lanes);
  tasks_.erase(i);
  for (auto next : lanes_.leave(x.cookie, names)) begin(tasks_.at(next));
}

kv_projector_state::task* kv_projector_state::find(uint64_t sequence, step at) {
  auto i = tasks_.find(sequence);
  return i == tasks_.end() || i->second.at != at ? nullptr : &i->second;
}

stage kv_projector_state::stage_of(uint64_t sequence) const {
  auto i = tasks_.find(sequence);
  return i != tasks_.end() && i->second.handled_at ? stage::handled : stage::accepted;
}

// ---- Deciding ------------------------------------------------------------------------------------------------------

void kv_projector_state::on_looked_up(const looked_up& x) {
  if (auto* t = find(x.cookie, step::reading)) return on_entry(*t, x.entry);
  auto* t = find(x.cookie, step::checking_unique);
  if (t == nullptr) return;
  auto values = unique_values(std::get<write_document>(t->verdict).document);
  for (size_t i = 0; i < x.taken_by.size(); ++i)
    if (x.taken_by[i])
      return finish(*t, {.what = projected::result::rejected,
                         .reason = not_unique(*options_.model, values[i].first, values[i].second)});
  write(*t);
}

void kv_projector_state::on_entry(task& x, document_ptr entry) {
  auto& command = *x.order.command;
  bool by_this = entry && entry->command_id == command.request.command_id;
  // Of a command that was put back an earlier copy may have been applied, and told so long ago that nobody knows.
  if (entry && (entry->position >= command.position || (by_this && command.retry > 0))) {
    if (!by_this && x.outcome_is_missing) return finish(x, {.what = projected::result::superseded});
    if (!by_this) {
      x.overtaken = x.must_find_outcome = x.must_refresh = true;
      return begin(x);
    }
    auto what = entry->deleted ? projected::result::removed : projected::result::written;
    return finish(x, {.what = what, .entry = std::move(entry)});
  }
  x.current = std::move(entry);
  if (auto no = refusal(command, x.current)) return finish(x, {.what = projected::result::rejected, .reason = std::move(*no)});
  x.at = step::deciding;
  failpoint("projector.before_decide");
  auto handler = options_.handlers.find(command.request.command_type);
  if (handler == options_.handlers.end()) return decide_by_model(x);
  self_->request(handler->second, caf::infinite, decide_command{x.order.command, x.current})
    .then([this, s = command.position.sequence](decision& verdict) { on_decision(s, std::move(verdict)); },
          [this, s = command.position.sequence](const caf::error& why) { on_handler_error(s, why); });
}

void kv_projector_state::decide_by_model(task& x) {
  auto& command = *x.order.command;
  if (command.entry.spec->handler)
    return finish(x, {.what = projected::result::gave_up, .reason = {"invalid", "no handler for " + command.request.command_type}});
  // A slow handler, on purpose: the demo shows what a client then sees.
  if (command.delay.count() > 0 && !std::exchange(x.slept, true)) return pause(x, command.delay);
  on_decision(command.position.sequence, decide(*command.entry.model, *command.entry.spec, command.request, x.current ? x.current->value() : json{}));
}

void kv_projector_state::on_handler_error(uint64_t sequence, const caf::error& why) {
  if (auto* t = find(sequence, step::deciding)) try_again(*t, why, blames_handler(code_of(why)));
}

void kv_projector_state::on_decision(uint64_t sequence, decision verdict) {
  auto* t = find(sequence, step::deciding);
  if (t == nullptr) return;
  failpoint("projector.decided");
  t->handled_at = self_->clock().now();
  t->verdict = std::move(verdict);
  if (auto* no = std::get_if<rejection>(&t->verdict))
    return finish(*t, {.what = projected::result::rejected, .reason = std::move(*no)});
  if (auto* doc = std::get_if<write_document>(&t->verdict)) {
    auto values = unique_values(doc->document);
    if (!values.empty()) {
      t->at = step::checking_unique;
      self_->send(options_.read_model, look_up{t->order.command->key.str(), std::move(values), self_, sequence});
      return;
    }
  }
  write(*t);
}

std::vector<std::pair<std::string, json>> kv_projector_state::unique_values(const json& document) const {
  std::vector<std::pair<std::string, json>> result;
  for (auto& field : options_.model->unique)
    if (auto i = document.find(field); i != document.end() && !i->is_null()) result.emplace_back(field, *i);
  return result;
}

// ---- Writing -------------------------------------------------------------------------------------------------------

void kv_projector_state::write(task& x) {
  x.at = step::writing;
  failpoint("projector.before_write");
  auto& command = *x.order.command;
  auto out = std::make_shared<outgoing_message>();
  out->subject = subjects::kv(options_.model->bucket, command.key);
  out->headers.reserve(4);
  out->headers.emplace_back(entry_headers::command_id, command.request.command_id);
  out->headers.emplace_back(entry_headers::position, to_text(command.position));
  out->headers.emplace_back(entry_headers::expected, std::to_string(x.current ? x.current->revision : 0));
  if (!command.traceparent.empty()) out->headers.emplace_back(entry_headers::traceparent, command.traceparent);
  if (auto* doc = std::get_if<write_document>(&x.verdict)) {
    out->data = x.text = dump(doc->document);
    doc->document = nullptr; // whoever tries again decides again
  } else {
    out->headers.emplace_back(entry_headers::operation, "DEL");
  }
  self_->send(options_.gateway, publish{std::move(out), call_timeout, self_, command.position.sequence});
}

void kv_projector_state::on_published(const published& x) {
  auto* t = find(x.cookie, step::writing);
  if (t == nullptr) return;
  if (x.error) {
    auto code = code_of(x.error);
    t->must_refresh = true;
    return try_again(*t, x.error, code == errc::wrong_revision || code == errc::payload_too_large);
  }
  failpoint("projector.written");
  stored_document entry;
  entry.key = t->order.command->key.str();
  entry.revision = x.sequence;
  entry.position = t->order.command->position;
  entry.command_id = t->order.command->request.command_id;
  auto* doc = std::get_if<write_document>(&t->verdict);
  entry.deleted = doc == nullptr;
  if (doc != nullptr) entry.text = std::move(t->text);
  auto shared = std::make_shared<const stored_document>(std::move(entry));
  self_->send(options_.read_model, apply_entry{shared});
  finish(*t, {.what = shared->deleted ? projected::result::removed : projected::result::written, .entry = std::move(shared)});
}

void kv_projector_state::try_again(task& x, const caf::error& why, bool our_fault) {
  auto& count = our_fault ? x.failures : x.stalls;
  ++count;
  if (x.failures >= options_.max_attempts) {
    auto detail = failure_of(why).detail;
    return finish(x, {.what = projected::result::gave_up, .reason = {"dead_lettered", detail.empty() ? std::string{to_string(code_of(why))} : detail}});
  }
  // A lost compare-and-set has a fresh revision waiting; everything else needs time.
  auto delay = code_of(why) == errc::wrong_revision ? 0ms : backoff(count, x.order.command->position.sequence);
  if (spdlog::should_log(spdlog::level::debug))
    spdlog::debug("{} is tried again in {} ms: {}", name_of(*x.order.command), delay.count(), failure_of(why).detail);
  if (delay == 0ms) return begin(x);
  pause(x, delay);
}

void kv_projector_state::pause(task& x, milliseconds delay) {
  x.at = step::backing_off;
  delayed_.emplace(self_->clock().now() + delay, x.order.command->position.sequence);
  if (std::exchange(ticking_, true)) return;
  self_->delayed_send(self_, tick, tick_atom::value);
}

void kv_projector_state::on_tick() {
  auto now = self_->clock().now();
  while (!delayed_.empty() && delayed_.begin()->first <= now) {
    auto sequence = delayed_.begin()->second;
    delayed_.erase(delayed_.begin());
    if (auto* t = find(sequence, step::backing_off)) begin(*t);
  }
  ticking_ = !delayed_.empty();
  if (ticking_) self_->delayed_send(self_, tick, tick_atom::value);
}

void kv_projector_state::finish(task& x, projected result) {
  x.at = step::done;
  failpoint("projector.finished");
  result.cookie = x.order.command->position.sequence;
  result.attempts = x.failures;
  result.handled_at = x.handled_at;
  self_->send(x.order.listener, std::move(result));
}

kv_projector_actor::behavior_type kv_projector(kv_projector_ptr self, kv_projector_options options) {
  self->state.init(std::move(options));
  return {
    [self](project& x) { self->state.on_project(x); },
    [self](const settled& x) { self->state.on_settled(x); },
    [self](const looked_up& x) { self->state.on_looked_up(x); },
    [self](const published& x) { self->state.on_published(x); },
    [self](const nats_reply& x) { self->state.on_reply(x); },
    [self](const ask_stage& x) { return self->state.stage_of(x.sequence); },
    [self](tick_atom) { self->state.on_tick(); },
  };
}

} // namespace tidings
