// SPDX-License-Identifier: MIT
#include "bench/instructions/loopback_nats.hpp"

#include <stdexcept>

#include <nats/nats.h>

#include "envelopes/subjects.hpp"

namespace tidings::bench {

namespace {

constexpr int64_t max_payload = 1024 * 1024;
constexpr uint64_t stored_ns = 1'795'541'842'315'483'643;

net::nats_message message(const std::string& subject, const std::string& reply, const net::nats_headers& headers,
                          std::string_view data) {
  natsMsg* raw = nullptr;
  auto status = natsMsg_Create(&raw, subject.c_str(), reply.empty() ? nullptr : reply.c_str(), data.data(),
                               static_cast<int>(data.size()));
  net::nats_message result{raw};
  for (auto& [header, value] : headers)
    if (status == NATS_OK) status = natsMsgHeader_Set(raw, header, value.c_str());
  if (status != NATS_OK) throw std::runtime_error{natsStatus_GetText(status)};
  return result;
}

std::string stream_of(const std::string& subject) {
  if (subject.starts_with("commands.")) return "COMMANDS";
  if (subject.starts_with("notifications.")) return "NOTIFICATIONS";
  if (subject.starts_with("$KV.")) return "KV_" + subject.substr(4, subject.find('.', 4) - 4);
  throw std::runtime_error{"no stream has the subject " + subject};
}

} // namespace

void loopback_nats_state::on_publish(const publish& x) {
  auto name_of_stream = stream_of(x.what->subject);
  auto& to = streams_[name_of_stream];
  self_->send(x.listener, published{x.cookie, {}, ++to.last, false});
  for (auto& consumer : to.consumers)
    if (consumer.filter.empty() || subjects::overlaps(consumer.filter, x.what->subject)) deliver(name_of_stream, to.last, consumer, x);
}

void loopback_nats_state::deliver(const std::string& stream_name, uint64_t sequence, stream::consumer& to, const publish& x) {
  auto i = subscriptions_.find(to.deliver_to);
  if (i == subscriptions_.end()) return;
  auto ack = "$JS.ACK." + stream_name + ".loopback.1." + std::to_string(sequence) + '.' +
             std::to_string(++to.delivered) + '.' + std::to_string(stored_ns) + ".0";
  self_->send(i->second.courier, nats_batch{i->second.tag, {message(x.what->subject, ack, x.what->headers, x.what->data)}});
}

void loopback_nats_state::on_request(const nats_request& x) {
  auto body = json::object();
  auto verb = std::string_view{x.subject}.substr(std::string_view{"$JS.API."}.size());
  if (verb.starts_with("CONSUMER.LIST.")) {
    body["consumers"] = json::array();
  } else if (verb.starts_with("STREAM.INFO.")) {
    body = {{"created", "2026-01-05T10:00:00Z"}, {"state", {{"last_seq", 0}}}};
  } else if (verb.starts_with("CONSUMER.CREATE.") || verb.starts_with("CONSUMER.DURABLE.CREATE.")) {
    auto asked = json::parse(x.data);
    streams_[asked["stream_name"]].consumers.push_back({asked["config"].value("filter_subject", std::string{}), asked["config"]["deliver_subject"]});
    body["num_pending"] = 0;
  } else {
    throw std::runtime_error{"the loopback does not know " + x.subject};
  }
  self_->send(x.listener, nats_reply{x.cookie, {}, message("_INBOX.loopback", {}, {}, body.dump())});
}

void loopback_nats_state::on_subscribe(const subscribe& x) {
  // By way of somebody who comes behind those who are told of acknowledgements, as deliveries do at the gateway.
  auto courier = self_->spawn([listener = x.listener](batch_listener::pointer self) -> batch_listener::behavior_type {
    return {[=](nats_batch& batch) { self->send(listener, std::move(batch)); }};
  });
  subscriptions_[x.subject] = {x.listener, courier, x.tag};
}

void loopback_nats_state::on_unsubscribe(const unsubscribe& x) {
  std::erase_if(subscriptions_, [&](const auto& entry) { return entry.second.listener == x.listener && entry.second.tag == x.tag; });
}

nats_gateway_actor::behavior_type loopback_nats(loopback_nats_ptr self) {
  return {
      [](start_atom) {},
      [self](const publish& x) { self->state.on_publish(x); },
      [self](const nats_request& x) { self->state.on_request(x); },
      [](const emit&) {},
      [self](const subscribe& x) { self->state.on_subscribe(x); },
      [self](const unsubscribe& x) { self->state.on_unsubscribe(x); },
      [self](const follow_connection& x) {
        self->send(x.listener, connection_change{true, max_payload});
      },
      [](drain_atom) { return true; },
      [](beat_atom) {},
      [](tick_atom) {},
  };
}

} // namespace tidings::bench
