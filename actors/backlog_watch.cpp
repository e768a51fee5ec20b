// SPDX-License-Identifier: MIT
#include "actors/backlog_watch.hpp"

#include <spdlog/spdlog.h>

#include "envelopes/errc.hpp"
#include "net/jetstream.hpp"

namespace tidings {

using namespace std::chrono_literals;

namespace {

constexpr auto tick = 250ms;
constexpr auto far_from_the_limit = 1s;
constexpr auto ask_timeout = 5s;
constexpr auto too_old = 10s;

} // namespace

void backlog_watch_state::init(backlog_watch_options options) {
  options_ = std::move(options);
  door_ = admission{options_.limit};
  self_->send(options_.gateway, follow_connection{self_});
}

void backlog_watch_state::on_connection(const connection_change& x) {
  connected_ = x.connected;
  asking_ = false;
  judged_ = due_ = self_->clock().now();
}

void backlog_watch_state::on_tick() {
  auto now = self_->clock().now();
  if (connected_ && now - judged_ > too_old) know_nothing("no answer");
  if (!connected_ || asking_ || now < due_) return;
  asking_ = true;
  consumers_ = json::array();
  covered_ = 0;
  ask();
}

void backlog_watch_state::ask() {
  self_->send(options_.gateway, nats_request{net::jetstream::api("CONSUMER.LIST.COMMANDS"), {}, json{{"offset", covered_}}.dump(), ask_timeout, self_, 0});
}

void backlog_watch_state::on_reply(const nats_reply& x) {
  if (!asking_) return; // of a connection before this one
  auto answer = x.error ? caf::expected<net::jetstream::api_answer>{x.error} : net::jetstream::parse_api_answer(x.message.data());
  if (!answer || answer->error) {
    asking_ = false;
    due_ = self_->clock().now() + far_from_the_limit;
    if (!blind_ && self_->clock().now() - judged_ > too_old)
      know_nothing(answer ? answer->error->description : failure_of(answer.error()).detail);
    return;
  }
  auto page = answer->body.value("consumers", json::array());
  auto missing = answer->body.value("missing", json::array());
  size_t count = (page.is_array() ? page.size() : 0) + (missing.is_array() ? missing.size() : 0);
  if (page.is_array())
    for (auto& consumer : page) consumers_.push_back(std::move(consumer));
  covered_ += count;
  if (count > 0 && covered_ < answer->body.value("total", size_t{0})) return ask();
  asking_ = false;
  judge();
}

void backlog_watch_state::judge() {
  auto now = self_->clock().now();
  auto stored = options_.counts->stored.find("COMMANDS");
  backlog_.look(consumers_, stored == options_.counts->stored.end() ? 0 : stored->second.messages, now);
  judged_ = now;
  blind_ = false;
  options_.counts->waiting = backlog_.waiting();
  options_.counts->settled_rate = backlog_.rate().value_or(0);
  if (door_.take(backlog_.waiting())) {
    if (door_.full()) spdlog::warn("{} commands wait, more than the {} that may (--max-backlog): new ones are refused", backlog_.waiting(), options_.limit);
    else spdlog::info("{} commands wait: new ones are taken again", backlog_.waiting());
  }
  due_ = door_.close() ? now : now + far_from_the_limit; // now: at the next tick
  tell();
}

void backlog_watch_state::know_nothing(const std::string& why) {
  if (std::exchange(blind_, true)) return;
  spdlog::warn("how many commands wait cannot be found out ({}): new ones are taken whatever it is", why);
  door_.forget();
  tell();
}

void backlog_watch_state::tell() {
  options_.counts->backlog_full = door_.full();
  self_->send(options_.listener, backlog_report{backlog_.waiting(), door_.full(), door_.retry_after(backlog_.rate())});
}

backlog_watch_actor::behavior_type backlog_watch(backlog_watch_ptr self, backlog_watch_options options) {
  self->state.init(std::move(options));
  self->delayed_send(self, tick, tick_atom::value);
  return {
    [self](const connection_change& x) { self->state.on_connection(x); },
    [self](const nats_reply& x) { self->state.on_reply(x); },
    [self](tick_atom) {
      self->state.on_tick();
      self->delayed_send(self, tick, tick_atom::value);
    },
  };
}

} // namespace tidings
