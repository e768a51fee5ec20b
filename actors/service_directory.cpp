// SPDX-License-Identifier: MIT
#include "actors/service_directory.hpp"

#include "envelopes/ids.hpp"

namespace tidings {

using namespace std::chrono_literals;

namespace {

constexpr auto collect_for = 300ms;
constexpr auto fresh_for = 1s; // a page that refreshes must not make the whole network answer each time

} // namespace

void service_directory_state::init(nats_gateway_actor gateway) {
  gateway_ = std::move(gateway);
  inbox_ = "_INBOX." + make_session_id();
  self_->send(gateway_, subscribe{inbox_, {}, self_, 0});
}

caf::result<std::string> service_directory_state::ask() {
  if (!answer_.empty() && self_->clock().now() - answered_ < fresh_for) return answer_;
  auto promise = self_->make_response_promise<std::string>();
  waiting_.push_back(promise);
  if (waiting_.size() > 1) return promise; // a round is under way
  services_ = json::array();
  truncated_ = false;
  self_->send(gateway_, emit{"$SRV.INFO", {}, {}, inbox_});
  self_->delayed_send(self_, collect_for, tick_atom::value);
  return promise;
}

void service_directory_state::on_batch(const nats_batch& x) {
  if (waiting_.empty()) return; // too late for its round
  for (auto& msg : x.messages) {
    auto info = parse_json(msg.data());
    if (!info || !info->is_object()) continue;
    if (services_.size() < max_services) services_.push_back(std::move(*info));
    else truncated_ = true;
  }
}

void service_directory_state::on_collected() {
  answer_ = dump({{"services", std::move(services_)}, {"truncated", truncated_}});
  answered_ = self_->clock().now();
  for (auto& promise : std::exchange(waiting_, {})) promise.deliver(answer_);
}

service_directory_actor::behavior_type service_directory(service_directory_ptr self, nats_gateway_actor gateway) {
  self->state.init(std::move(gateway));
  return {
    [self](start_atom) { return self->state.ask(); },
    [self](const nats_batch& x) { self->state.on_batch(x); },
    [self](tick_atom) { self->state.on_collected(); },
  };
}

} // namespace tidings
