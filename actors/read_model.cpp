// SPDX-License-Identifier: MIT
#include "actors/read_model.hpp"

#include <algorithm>
#include <charconv>

#include <spdlog/spdlog.h>

#include "actors/headers.hpp"
#include "envelopes/errc.hpp"
#include "envelopes/response.hpp"
#include "envelopes/timestamp.hpp"
#include "net/jetstream.hpp"

namespace tidings {

using namespace std::chrono_literals;

namespace {

constexpr auto tick = 1s;
constexpr auto catch_up_timeout = 2s;

} // namespace

std::string to_text(const log_position& x) {
  return std::to_string(x.incarnation) + '.' + std::to_string(x.sequence);
}

log_position parse_position(std::string_view text) {
  log_position result;
  auto end = text.data() + text.size();
  auto [dot, ec] = std::from_chars(text.data(), end, result.incarnation);
  if (ec != std::errc{} || dot == end) return {};
  std::from_chars(dot + 1, end, result.sequence);
  return result;
}

std::optional<stored_document> to_document(const net::nats_message& msg, uint64_t revision) {
  // `$KV.<bucket>.<key>`; a direct get has the subject in a header.
  auto subject = msg.header("Nats-Subject");
  if (subject.empty()) subject = msg.subject();
  auto bucket_end = subject.find('.', 4);
  if (!subject.starts_with("$KV.") || bucket_end == std::string_view::npos) return std::nullopt;
  stored_document doc;
  doc.key = subject.substr(bucket_end + 1);
  doc.revision = revision;
  doc.command_id = msg.header(entry_headers::command_id);
  doc.position = parse_position(msg.header(entry_headers::position));
  auto operation = msg.header(entry_headers::operation);
  if (operation == "DEL" || operation == "PURGE") {
    doc.deleted = true;
    return doc;
  }
  if (!is_json(msg.data())) return std::nullopt;
  doc.text = msg.data();
  return doc;
}

void read_model_state::init(model_ptr model, nats_gateway_actor gateway, readiness_actor readiness) {
  model_ = std::move(model);
  gateway_ = std::move(gateway);
  readiness_ = std::move(readiness);
  table_.emplace(model_);
  key_offset_ = std::string_view{"$KV.."}.size() + model_->bucket.str().size();
  watch_.emplace(gateway_, ordered_consumer::options{"KV_" + model_->bucket.str(), {}, self_, self_, 0});
  report();
  self_->send(gateway_, follow_connection{self_});
}

void read_model_state::on_streams() {
  if (!started_) watch_->start({net::jetstream::start_at::policy::last_per_subject, 0}, self_->clock().now());
  started_ = true;
}

void read_model_state::on_connection(const connection_change& x) {
  if (x.connected) watch_->resume(self_->clock().now());
  else watch_->pause();
}

void read_model_state::on_reply(const nats_reply& x) {
  if (auto i = catching_up_.find(x.cookie); i != catching_up_.end()) {
    auto answer = x.error ? caf::expected<net::jetstream::api_answer>{x.error} : net::jetstream::parse_api_answer(x.message.data());
    if (answer && !answer->error) i->second.revision = answer->body.value("state", json::object()).value("last_seq", uint64_t{0});
    else catching_up_.extract(i).mapped().answer.deliver(false);
    return on_caught_up();
  }
  watch_->on_reply(x, self_->clock().now());
  report();
}

void read_model_state::on_batch(const nats_batch& x) {
  watch_->on_batch(x, self_->clock().now(), [this](const net::nats_message& msg, const net::delivery_info& info) {
    // What the projector of this process wrote is known already: look before parsing.
    auto key = msg.subject().substr(std::min(key_offset_, msg.subject().size()));
    if (auto known = table_->find(key); known && known->revision >= info.stream_sequence) return;
    auto doc = to_document(msg, info.stream_sequence);
    if (!doc) {
      spdlog::error("bucket {}: entry {} at revision {} is not JSON and is ignored", model_->bucket.str(), msg.subject(),
                    info.stream_sequence);
      return;
    }
    auto changed = doc->key;
    if (table_->apply(std::make_shared<const stored_document>(std::move(*doc)))) on_change(changed);
  });
  report();
}

void read_model_state::on_tick() {
  expire();
  watch_->on_tick(self_->clock().now());
  // A bucket that does not change tells nobody: those who have gone would stay for ever.
  std::erase_if(watchers_, [](auto& w) { return caf::actor_cast<watch_listener>(w.listener) == nullptr; });
  report();
  self_->delayed_send(self_, watch_->next_tick(), tick_atom::value);
}

void read_model_state::report() {
  if (!loaded_ && watch_->caught_up()) {
    loaded_ = true;
    for (auto& x : std::exchange(waiting_, {})) look_up(x);
    for (auto& p : std::exchange(patient_, {})) ask_until(p.query, p.due);
  }
  on_caught_up();
  if (told_ == loaded_) return;
  told_ = loaded_;
  auto part = "read model " + model_->bucket.str();
  self_->send(readiness_, component_state{part, loaded_, loaded_ ? "" : "still loading"});
}

caf::result<bool> read_model_state::catch_up() {
  auto& x = catching_up_[++last_cookie_];
  x.answer = self_->make_response_promise<bool>();
  x.due = self_->clock().now() + catch_up_timeout;
  self_->send(gateway_, nats_request{net::jetstream::api("STREAM.INFO.KV_" + model_->bucket.str()), {}, {}, catch_up_timeout, self_, last_cookie_});
  return x.answer;
}

void read_model_state::on_caught_up() {
  auto now = self_->clock().now();
  for (auto i = catching_up_.begin(); i != catching_up_.end();) {
    auto& x = i->second;
    bool here = loaded_ && x.revision && watch_->last_sequence() >= *x.revision;
    bool over = here || x.due < now;
    if (over) x.answer.deliver(here);
    i = over ? catching_up_.erase(i) : std::next(i);
  }
}

void read_model_state::apply(const apply_entry& x) {
  watch_->take_own(x.entry->revision, self_->clock().now());
  if (table_->apply(x.entry)) on_change(x.entry->key);
  if (!catching_up_.empty()) on_caught_up();
}

void read_model_state::look_up(const tidings::look_up& x) {
  if (!loaded_) { // an absent key means nothing yet; the reactor's bound on what is in flight bounds this too
    waiting_.push_back(x);
    return;
  }
  looked_up answer{x.cookie, table_->find(x.key), {}};
  for (auto& [field, value] : x.unique) {
    auto holder = table_->find_unique(field, value, x.key);
    answer.taken_by.push_back(holder ? std::optional{holder->key} : std::nullopt);
  }
  self_->send(x.listener, std::move(answer));
}

void read_model_state::ask(const ask_query& x) {
  if (!x.after || (loaded_ && visible(*x.after))) return answer(x, false);
  if (x.patience < tick) self_->delayed_send(self_, x.patience, beat_atom::value);
  ask_until(x, self_->clock().now() + x.patience);
}

void read_model_state::ask_until(const ask_query& x, clock_time due) {
  if (loaded_ && visible(*x.after)) answer(x, false);
  else patient_.push_back({x, due});
}

void read_model_state::answer(const ask_query& x, bool stale) {
  query_answer result;
  if (!loaded_) result.error = make_error(errc::unavailable, "the read model is still loading");
  else if (stale && !x.stale_allowed)
    result.error = make_error(errc::not_visible_yet, "the command's write is not visible here yet; ask again, or allow a stale answer");
  else result = x.entry.spec->effect == query_effect::get ? get(x) : list(x);
  result.cookie = x.cookie;
  result.query_id = x.query_id;
  result.bucket = model_->bucket.str();
  result.stale = stale;
  self_->send(x.listener, std::move(result));
}

bool read_model_state::visible(const written_revision& x) const {
  if (x.bucket != model_->bucket.str()) return true; // not ours to show
  // The watch delivers in order; the projector of this process runs ahead of it, so the key itself counts too.
  if (watch_->last_sequence() >= x.revision) return true;
  auto entry = table_->find(x.key);
  return entry && entry->revision >= x.revision;
}

void read_model_state::on_change(const std::string& key) {
  if (loaded_ && !patient_.empty()) {
    auto ready = std::partition(patient_.begin(), patient_.end(), [this](auto& p) { return !visible(*p.query.after); });
    for (auto i = ready; i != patient_.end(); ++i) answer(i->query, false);
    patient_.erase(ready, patient_.end());
  }
  std::erase_if(watchers_, [&](auto& w) {
    if (w.key && *w.key != key) return false;
    if (auto listener = caf::actor_cast<watch_listener>(w.listener)) self_->send(listener, model_atom::value);
    return true;
  });
}

void read_model_state::watch(const watch_changes& x) {
  auto changed = x.key ? table_->find(*x.key) : nullptr;
  bool already = x.key ? changed && changed->revision > x.revision : table_->revision() > x.revision;
  if (already) self_->send(x.listener, model_atom::value);
  else watchers_.push_back({caf::actor_cast<caf::actor_addr>(x.listener), x.key});
}

void read_model_state::expire() {
  auto now = self_->clock().now();
  std::erase_if(patient_, [&](auto& p) {
    if (p.due > now) return false;
    answer(p.query, !visible(*p.query.after));
    return true;
  });
}

query_answer read_model_state::get(const ask_query& x) const {
  query_answer answer;
  auto i = x.payload.find(model_->key);
  if (i == x.payload.end() || !i->is_string()) {
    answer.error = make_error(errc::schema_violation, failure{"the query needs the key of a document",
                                                              {{"/" + model_->key, "is required and must be a string"}}});
    return answer;
  }
  auto& key = i->get_ref<const std::string&>();
  answer.key = key;
  auto doc = table_->find(key);
  if (!doc || doc->deleted) {
    answer.error = make_error(errc::not_found, "no document has this key");
    if (doc) answer.revision = doc->revision;
    return answer;
  }
  answer.body = render_query_response(x.query_id, now_rfc3339(), doc->text);
  answer.revision = doc->revision;
  return answer;
}

query_answer read_model_state::list(const ask_query& x) const {
  query_answer answer;
  auto request = parse_list_request(*model_, *x.entry.spec, x.payload);
  if (!request) {
    answer.error = request.error();
    return answer;
  }
  auto page = table_->list(*x.entry.spec, *request);
  if (!page) {
    answer.error = page.error();
    return answer;
  }
  answer.body = render_query_response(x.query_id, now_rfc3339(), *page);
  answer.revision = table_->revision();
  return answer;
}

read_model_actor::behavior_type read_model(read_model_ptr self, model_ptr model, nats_gateway_actor gateway,
                                           readiness_actor readiness) {
  self->state.init(std::move(model), std::move(gateway), std::move(readiness));
  self->delayed_send(self, tick, tick_atom::value);
  return {
    [self](const look_up& x) { self->state.look_up(x); },
    [self](const apply_entry& x) { self->state.apply(x); },
    [self](const ask_query& x) { self->state.ask(x); },
    [self](const watch_changes& x) { self->state.watch(x); },
    [self](start_atom) { return self->state.catch_up(); },
    [self](beat_atom) { self->state.expire(); },
    [self](const streams_ready&) { self->state.on_streams(); },
    [self](const connection_change& x) { self->state.on_connection(x); },
    [self](const nats_batch& x) { self->state.on_batch(x); },
    [self](const nats_reply& x) { self->state.on_reply(x); },
    [self](tick_atom) { self->state.on_tick(); },
  };
}

} // namespace tidings
