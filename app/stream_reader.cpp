// SPDX-License-Identifier: MIT
#include "app/stream_reader.hpp"

#include <charconv>
#include <memory>

#include <nats/nats.h>

#include "envelopes/errc.hpp"
#include "envelopes/ids.hpp"

namespace tidings {

namespace {

constexpr uint64_t heartbeat_ns = 2'000'000'000;
constexpr int most_restarts = 100; // in a row, without a message in between

/// An ordered consumer over a plain subscription. nats.c has one of its own, but its reading thread may wait for ever for the
/// lock of one that was destroyed.
class ordered_reader {
public:
  ordered_reader(const nats_calls& calls, const stream_range& range) : calls_{calls}, range_{range} {}

  /// @param after Goes on behind this sequence; 0: from the start of the range.
  caf::error begin(uint64_t after) {
    inbox_ = "_INBOX." + make_session_id();
    consumed_ = 0;
    natsSubscription* made = nullptr;
    if (auto status = natsConnection_SubscribeSync(&made, calls_.nats().get(), inbox_.c_str()); status != NATS_OK) return failed(status);
    subscription_.reset(made);
    natsSubscription_SetPendingLimits(made, -1, -1); // flow control is the bound
    net::jetstream::start_at from{net::jetstream::start_at::policy::sequence, after == 0 ? range_.from : after + 1};
    if (range_.last_of_each && after == 0) from.how = net::jetstream::start_at::policy::last_per_subject;
    auto config = net::jetstream::ordered_consumer_config(range_.stream, inbox_, range_.filter, from, heartbeat_ns);
    auto answer = calls_.api("CONSUMER.CREATE." + range_.stream, json::parse(config));
    if (!answer) return make_error(code_of(answer.error()), "cannot read stream " + range_.stream + ": " + failure_of(answer.error()).detail);
    consumer_ = answer->value("name", std::string{});
    empty_ = answer->value("num_pending", uint64_t{0}) == 0;
    return {};
  }

  /// Nothing of the range is left.
  bool empty() const noexcept { return empty_; }

  /// The next delivery in order. An empty message: something got lost, begin again.
  caf::expected<net::nats_message> next(net::delivery_info& info) {
    for (;;) {
      natsMsg* got = nullptr;
      if (auto status = natsSubscription_NextMsg(&got, subscription_.get(), calls_.timeout().count()); status != NATS_OK) return failed(status);
      net::nats_message msg{got};
      if (auto delivery = net::parse_delivery(msg.reply())) {
        if (delivery->consumer_sequence != consumed_ + 1) return net::nats_message{};
        consumed_ = delivery->consumer_sequence;
        info = *delivery;
        return msg;
      }
      if (!on_status(msg)) return net::nats_message{};
    }
  }

  void end() {
    subscription_.reset();
    // It would go by itself, after a while in which the server keeps it.
    if (!consumer_.empty()) calls_.api("CONSUMER.DELETE." + range_.stream + '.' + consumer_);
  }

private:
  bool on_status(const net::nats_message& msg) {
    if (msg.status() != 100) return true;
    auto go_on = msg.reply().empty() ? msg.header("Nats-Consumer-Stalled") : msg.reply();
    if (!go_on.empty()) natsConnection_PublishString(calls_.nats().get(), std::string{go_on}.c_str(), "");
    uint64_t last = 0;
    auto text = msg.header("Nats-Last-Consumer");
    std::from_chars(text.data(), text.data() + text.size(), last);
    return last <= consumed_;
  }

  caf::error failed(natsStatus status) const {
    auto why = status == NATS_TIMEOUT ? "nothing came within " + std::to_string(calls_.timeout().count()) + " ms"
                                      : std::string{natsStatus_GetText(status)};
    return make_error(status == NATS_TIMEOUT ? errc::outcome_unknown : errc::unavailable, "cannot read stream " + range_.stream + ": " + why);
  }

  const nats_calls& calls_;
  const stream_range& range_;
  std::unique_ptr<natsSubscription, void (*)(natsSubscription*)> subscription_{nullptr, natsSubscription_Destroy};
  std::string inbox_, consumer_;
  uint64_t consumed_ = 0;
  bool empty_ = false;
};

} // namespace

caf::error read_stream(const nats_calls& calls, const stream_range& range,
                       const std::function<caf::error(const net::nats_message&, const net::delivery_info&)>& visit) {
  if (range.to == 0 || (!range.last_of_each && range.from > range.to)) return {};
  ordered_reader reader{calls, range};
  uint64_t last = 0;
  int restarts = 0;
  auto err = reader.begin(0);
  while (!err && !reader.empty()) {
    net::delivery_info info;
    auto msg = reader.next(info);
    if (!msg) {
      err = msg.error();
    } else if (!*msg) {
      reader.end();
      err = ++restarts > most_restarts ? make_error(errc::unavailable, "stream " + range.stream + " loses messages on the way") : reader.begin(last);
    } else {
      restarts = 0;
      last = info.stream_sequence;
      if (last <= range.to) err = visit(*msg, info);
      if (last >= range.to || info.pending == 0) break;
    }
  }
  reader.end();
  return err;
}

} // namespace tidings
