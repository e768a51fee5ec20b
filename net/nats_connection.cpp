// SPDX-License-Identifier: MIT
#include "net/nats_connection.hpp"

#include "envelopes/errc.hpp"
#include "net/nats_connection_link.hpp"

namespace tidings::net {

namespace {

struct free_message {
  void operator()(natsMsg* x) const noexcept { destroy_later(x); }
};

/// All headers as one for nats.c, which keeps headers in a hash table and copies each name and value, only to write them down once: all but
/// the last value are its name. It writes a name as it is. No value holds a line break (`header_value`), and names are ours.
/// @returns the name; its value is the last header's.
std::string one_name_of(const nats_headers& headers) {
  std::string result;
  for (auto& [name, value] : headers) {
    result += name;
    if (&value == &headers.back().second) break;
    result += ": ";
    result += value.str();
    result += "\r\n";
  }
  return result;
}

} // namespace

nats_connection::nats_connection(boost::asio::io_context& io, nats_options options, events on)
    : link_{std::make_shared<link>(io, std::move(options), std::move(on))} {}

nats_connection::~nats_connection() {
  link_->stop();
}

caf::error nats_connection::connect() {
  return link_->start();
}

bool nats_connection::connected() const noexcept {
  return link_->get() != nullptr && natsConnection_Status(link_->get()) == NATS_CONN_STATUS_CONNECTED;
}

caf::error nats_connection::publish(const std::string& subject, const std::string& reply, const nats_headers& headers,
                                    std::string_view data) {
  if (!connected()) return make_error(errc::unavailable, "not connected to NATS");
  const char* reply_to = reply.empty() ? nullptr : reply.c_str();
  natsStatus status;
  if (headers.empty()) {
    auto size = static_cast<int>(data.size());
    status = reply_to == nullptr ? natsConnection_Publish(link_->get(), subject.c_str(), data.data(), size)
                                 : natsConnection_PublishRequest(link_->get(), subject.c_str(), reply_to, data.data(), size);
  } else {
    natsMsg* raw = nullptr;
    status = natsMsg_Create(&raw, subject.c_str(), reply_to, data.data(), static_cast<int>(data.size()));
    std::unique_ptr<natsMsg, free_message> msg{raw};
    if (status == NATS_OK) status = natsMsgHeader_Set(raw, one_name_of(headers).c_str(), headers.back().second.c_str());
    if (status == NATS_OK) status = natsConnection_PublishMsg(link_->get(), raw);
  }
  if (status == NATS_OK) {
    link_->loop().published(data.size());
    return {};
  }
  if (status == NATS_MAX_PAYLOAD)
    return make_error(errc::payload_too_large,
                      "the message is larger than the NATS server's max_payload of " + std::to_string(max_payload()));
  return make_error(errc::unavailable, natsStatus_GetText(status));
}

caf::expected<nats_connection::subscription> nats_connection::subscribe(const std::string& subject,
                                                                        const std::string& queue) {
  natsSubscription* raw = nullptr;
  auto status = link_->get() == nullptr ? NATS_CONNECTION_CLOSED
                : queue.empty()         ? natsConnection_SubscribeSync(&raw, link_->get(), subject.c_str())
                                : natsConnection_QueueSubscribeSync(&raw, link_->get(), subject.c_str(), queue.c_str());
  if (status != NATS_OK)
    return make_error(errc::unavailable, "cannot subscribe to " + subject + ": " + natsStatus_GetText(status));
  return subscription{raw, natsSubscription_Destroy};
}

caf::expected<nats_connection::subscription> nats_connection::call_back(const std::string& subject,
                                                                        std::function<void(nats_message)> on_message) {
  natsSubscription* raw = nullptr;
  auto status = link_->get() == nullptr ? NATS_CONNECTION_CLOSED : link_->subscribe(&raw, subject, std::move(on_message));
  if (status != NATS_OK)
    return make_error(errc::unavailable, "cannot subscribe to " + subject + ": " + natsStatus_GetText(status));
  return subscription{raw, natsSubscription_Destroy};
}

size_t nats_connection::drain(natsSubscription* sub, std::vector<nats_message>& out) {
  uint64_t queued = 0;
  if (natsSubscription_QueuedMsgs(sub, &queued) != NATS_OK) return 0;
  size_t taken = 0;
  for (; queued > 0; --queued) {
    natsMsg* msg = nullptr;
    auto status = natsSubscription_NextMsg(&msg, sub, 0);
    // nats.c swallows a "no responders" message here; those behind it must not wait for the next read.
    if (status == NATS_NO_RESPONDERS) continue;
    if (status != NATS_OK) break;
    out.emplace_back(msg);
    ++taken;
  }
  return taken;
}

int64_t nats_connection::max_payload() const noexcept {
  return link_->get() == nullptr ? 0 : natsConnection_GetMaxPayload(link_->get());
}

int nats_connection::buffered() const noexcept {
  return link_->get() == nullptr ? 0 : natsConnection_Buffered(link_->get());
}

} // namespace tidings::net
