// SPDX-License-Identifier: MIT
#include "bench/floor/pipeline.hpp"

#include <charconv>
#include <stdexcept>

#include "bench/floor/streams.hpp"
#include "envelopes/errc.hpp"
#include "envelopes/ids.hpp"
#include "net/jetstream.hpp"

namespace tidings::bench {

namespace {

// As long as Tidings': the stream's time of creation in nanoseconds.
constexpr std::string_view incarnation = "1795541842273086272.";

// A floor that lost something has not done the work that its figure stands for.
[[noreturn]] void give_up(const std::string& why) { throw std::runtime_error{"floor: " + why}; }

std::string_view subject_of(natsMsg* msg) { return natsMsg_GetSubject(msg); }

std::string_view reply_of(natsMsg* msg) {
  auto* text = natsMsg_GetReply(msg);
  return text == nullptr ? std::string_view{} : text;
}

template <class F>
void take_all(natsSubscription* sub, F f) {
  uint64_t queued = 0;
  if (sub == nullptr || natsSubscription_QueuedMsgs(sub, &queued) != NATS_OK) return;
  for (; queued > 0; --queued) {
    natsMsg* msg = nullptr;
    auto status = natsSubscription_NextMsg(&msg, sub, 0);
    if (status != NATS_OK) give_up(std::string{"NextMsg: "} + natsStatus_GetText(status));
    f(msg);
    net::destroy_later(msg);
  }
}

} // namespace

pipeline::pipeline(boost::asio::io_context& io, pipeline_options options)
    : options_{std::move(options)}, inbox_{"_INBOX." + make_session_id()},
      connection_{io,
                  net::nats_options{options_.url, "floor"},
                  {[this] { on_readable(); },
                   [this](bool up) {
                     if (!up) give_up("the connection broke");
                     on_connected();
                   },
                   [](std::string what) { give_up(what); }}} {
  // An outcome is often told before its acknowledgement has been sent; its slot is still busy then.
  slots_.resize(options_.in_flight * 4 + 64);
  for (uint32_t i = static_cast<uint32_t>(slots_.size()); i > 0; --i)
    free_.push_back(i - 1);
}

void pipeline::start(std::function<void()> ready) {
  ready_ = std::move(ready);
  if (auto err = connection_.connect()) give_up(failure_of(err).detail);
}

void pipeline::on_connected() {
  auto subscribe = [this](const std::string& subject) {
    auto sub = connection_.subscribe(subject, {});
    if (!sub) give_up(failure_of(sub.error()).detail);
    subscriptions_.push_back(std::move(*sub));
    return subscriptions_.back().get();
  };
  auto unique = [] { return "_INBOX." + make_session_id(); };
  deliver_subjects deliver{unique(), unique(), options_.read_model ? unique() : std::string{}};
  replies_ = subscribe(inbox_ + ".*.*");
  commands_ = subscribe(deliver.commands);
  outcomes_.sub = subscribe(deliver.notifications);
  if (options_.read_model) entries_.sub = subscribe(deliver.entries);
  make_streams(options_.url, deliver);
  fill();
  ready_();
}

void pipeline::begin_measuring() { latencies_ = {}; }

void pipeline::fill() {
  while (!stopping_ && under_way_ < options_.in_flight && !free_.empty())
    begin_command();
}

void pipeline::begin_command() {
  auto number = free_.back();
  free_.pop_back();
  auto& x = slots_[number];
  x.started = clock::now();
  x.reached = 0;
  x.texts = make_texts(number);
  ++under_way_;
  send(x.texts.command_subject,
       {{"Nats-Msg-Id", x.texts.id}, {"Tidings-Owner", "public"}, {"Tidings-Key", x.texts.key}}, x.texts.command,
       number, command_stored);
}

void pipeline::send(const std::string& subject, const net::nats_headers& headers, std::string_view data,
                    uint32_t number, reply_to what) {
  auto reply = inbox_ + '.' + std::to_string(number) + '.' + std::to_string(what);
  if (auto err = connection_.publish(subject, reply, headers, data)) give_up(failure_of(err).detail);
}

void pipeline::on_readable() {
  take_all(replies_, [this](natsMsg* msg) { on_reply(msg); });
  take_all(commands_, [this](natsMsg* msg) { on_command(msg); });
  take_all(entries_.sub, [this](natsMsg* msg) { is_next(entries_, msg); });
  take_all(outcomes_.sub, [this](natsMsg* msg) { on_outcome(msg); });
  fill();
}

void pipeline::on_reply(natsMsg* msg) {
  auto numbers = subject_of(msg).substr(inbox_.size() + 1);
  auto dot = numbers.find('.');
  uint32_t number = 0;
  std::from_chars(numbers.data(), numbers.data() + dot, number);
  auto ack = net::jetstream::parse_pub_ack({natsMsg_GetData(msg), static_cast<size_t>(natsMsg_GetDataLength(msg))});
  if (!ack || ack->duplicate) give_up(ack ? "a command was taken for a duplicate" : failure_of(ack.error()).detail);
  auto& x = slots_.at(number);
  switch (numbers[dot + 1] - '0') {
  case command_stored: return reach(number, accepted);
  case entry_stored:
    return send(x.texts.outcome_subject, {{"Tidings-Status", "completed"}}, outcome_text(x.texts, ack->sequence),
                number, outcome_stored);
  case outcome_stored:
    if (auto err = connection_.publish(x.ack, {}, {}, "+ACK")) give_up(failure_of(err).detail);
    return reach(number, settled);
  default: give_up("an answer to nothing");
  }
}

void pipeline::on_command(natsMsg* msg) {
  auto info = net::parse_delivery(reply_of(msg));
  if (!info) return; // a heartbeat
  if (info->delivered > 1) give_up("a command was delivered again");
  auto number = slot_in(subject_of(msg));
  auto& x = slots_.at(number);
  x.ack = reply_of(msg);
  std::string position{incarnation};
  position += std::to_string(info->stream_sequence);
  send(x.texts.entry_subject,
       {{"Tidings-Command-Id", x.texts.id},
        {"Tidings-Position", std::move(position)},
        {"Nats-Expected-Last-Subject-Sequence", "0"}},
       x.texts.entry, number, entry_stored);
}

void pipeline::on_outcome(natsMsg* msg) {
  if (!is_next(outcomes_, msg)) return;
  auto number = slot_in(subject_of(msg));
  latencies_.record(clock::now() - slots_.at(number).started);
  --under_way_;
  reach(number, told);
}

bool pipeline::is_next(follower& x, natsMsg* msg) {
  auto info = net::parse_delivery(reply_of(msg));
  if (info) {
    if (info->consumer_sequence != ++x.consumed) give_up("a delivery is missing");
    return true;
  }
  if (natsMsg_GetDataLength(msg) > 0) return false;
  // Flow control and heartbeats, as in actors/ordered_consumer.cpp.
  std::string resume{reply_of(msg)};
  const char* stalled = nullptr;
  if (resume.empty() && natsMsgHeader_Get(msg, "Nats-Consumer-Stalled", &stalled) == NATS_OK) resume = stalled;
  if (!resume.empty()) (void)connection_.publish(resume, {}, {}, {});
  return false;
}

void pipeline::reach(uint32_t number, progress what) {
  auto& x = slots_[number];
  x.reached = static_cast<uint8_t>(x.reached | what);
  if (x.reached == everything) free_.push_back(number);
}

} // namespace tidings::bench
