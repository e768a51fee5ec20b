// SPDX-License-Identifier: MIT
// Subscriptions of the gateway, and the order in which what has arrived is handed over.
#include "actors/nats_gateway.hpp"

#include <utility>

#include <spdlog/spdlog.h>

#include "envelopes/errc.hpp"

namespace tidings {

void nats_gateway_state::on_subscribe(subscribe& x) {
  auto& sub = subscriptions_[subscription_key{x.listener.address(), x.tag}];
  sub.handle.reset();
  sub.wish = std::move(x);
  if (inbox_sub_) open_subscription(sub); // before the first connection on_connected does it
}

void nats_gateway_state::open_subscription(subscription& x) {
  auto handle = connection_->subscribe(x.wish.subject, x.wish.queue);
  if (handle) x.handle = std::move(*handle);
  else spdlog::error("{}", failure_of(handle.error()).detail);
}

void nats_gateway_state::on_unsubscribe(const unsubscribe& x) {
  subscriptions_.erase(subscription_key{x.listener.address(), x.tag});
}

void nats_gateway_state::on_readable() {
  if (inbox_sub_) {
    net::nats_connection::drain(inbox_sub_.get(), drained_);
    for (auto& msg : drained_) on_inbox(msg);
    drained_.clear();
  }
  // Behind those answers: a projector that learns of its write tells the read model, which then need not read the same entry
  // from its watch.
  if (!std::exchange(handing_over_, true)) self_->send(self_, beat_atom::value);
}

void nats_gateway_state::hand_over() {
  handing_over_ = false;
  for (auto& [key, sub] : subscriptions_) {
    if (!sub.handle) continue;
    nats_batch batch{sub.wish.tag, {}};
    if (net::nats_connection::drain(sub.handle.get(), batch.messages) > 0) self_->send(sub.wish.listener, std::move(batch));
  }
  check_drained();
}

} // namespace tidings
