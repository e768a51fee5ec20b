// SPDX-License-Identifier: MIT
#include "actors/reactor_lease.hpp"

#include <spdlog/spdlog.h>

#include "actors/headers.hpp"
#include "envelopes/errc.hpp"
#include "envelopes/ids.hpp"
#include "net/jetstream.hpp"

namespace tidings {

using namespace std::chrono_literals;

namespace {

constexpr auto tick = 250ms;
constexpr auto renew_after = 1s;
constexpr auto give_up_after = 2500ms;
constexpr auto dead_after = 3s;
constexpr auto call_timeout = 1000ms;

std::string subject() {
  return std::string{"$KV."} + lease_bucket + ".reactor";
}

} // namespace

void reactor_lease_state::init(reactor_lease_options options) {
  options_ = std::move(options);
  holder_ = make_session_id();
  self_->send(options_.gateway, follow_connection{self_});
}

void reactor_lease_state::on_streams() {
  streams_ = true;
  look();
}

void reactor_lease_state::on_connection(const connection_change& x) {
  connected_ = x.connected;
  looking_ = writing_ = false; // whatever was open has failed
  look();
}

void reactor_lease_state::look() {
  if (!connected_ || !streams_ || held_ || looking_ || writing_ || released_) return;
  looking_ = true;
  self_->send(options_.gateway, nats_request{net::jetstream::api(std::string{"DIRECT.GET.KV_"} + lease_bucket), {},
                                             json{{"last_by_subj", subject()}}.dump(), call_timeout, self_, 0});
}

void reactor_lease_state::on_reply(const nats_reply& x) {
  looking_ = false;
  if (x.error || held_ || released_) return;
  auto status = x.message.status();
  if (status == 404) return write(0);
  if (status != 0) return;
  auto revision = std::strtoull(std::string{x.message.header("Nats-Sequence")}.c_str(), nullptr, 10);
  auto now = self_->clock().now();
  if (revision != revision_) {
    revision_ = revision;
    seen_since_ = now;
  }
  bool free = x.message.header(entry_headers::operation) == "DEL" || x.message.data() == holder_;
  if (free || options_.sole || now - seen_since_ >= dead_after) write(revision);
}

void reactor_lease_state::write(uint64_t expected) {
  writing_ = true;
  sent_ = self_->clock().now();
  self_->send(options_.gateway, publish{subject(), {{entry_headers::expected, std::to_string(expected)}}, holder_, call_timeout, self_, 0});
}

void reactor_lease_state::on_published(const published& x) {
  if (!writing_) return;
  writing_ = false;
  if (!x.error) {
    revision_ = x.sequence;
    written_ = sent_;
    if (released_) return give_back();
    return tell(true);
  }
  if (code_of(x.error) == errc::wrong_revision && !released_) tell(false); // somebody else has it
}

void reactor_lease_state::on_tick() {
  auto now = self_->clock().now();
  if (held_ && now - written_ > give_up_after) tell(false);
  if (held_ && !writing_ && connected_ && now - written_ >= renew_after) write(revision_);
  look();
  self_->delayed_send(self_, tick, tick_atom::value);
}

void reactor_lease_state::tell(bool held) {
  if (held == held_) return;
  held_ = held;
  seen_since_ = self_->clock().now();
  if (!held) spdlog::warn("the reactor's lease is lost; another process may consume COMMANDS now");
  self_->send(options_.reactor, lease_change{held});
}

void reactor_lease_state::release() {
  released_ = true;
  // A write under way would come behind the tombstone; its answer gives back then.
  if (std::exchange(held_, false) && !writing_) give_back();
}

void reactor_lease_state::give_back() {
  // The next one need not wait for our silence.
  self_->send(options_.gateway, emit{subject(), {{entry_headers::operation, "DEL"}, {entry_headers::expected, std::to_string(revision_)}}, {}});
}

reactor_lease_actor::behavior_type reactor_lease(reactor_lease_ptr self, reactor_lease_options options) {
  self->state.init(std::move(options));
  self->delayed_send(self, tick, tick_atom::value);
  return {
    [self](const streams_ready&) { self->state.on_streams(); },
    [self](const connection_change& x) { self->state.on_connection(x); },
    [self](const nats_reply& x) { self->state.on_reply(x); },
    [self](const published& x) { self->state.on_published(x); },
    [self](drain_atom) { self->state.release(); },
    [self](tick_atom) { self->state.on_tick(); },
  };
}

} // namespace tidings
