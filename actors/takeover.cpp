// SPDX-License-Identifier: MIT
#include "actors/takeover.hpp"

#include <algorithm>
#include <charconv>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/failpoint.hpp"
#include "envelopes/errc.hpp"
#include "envelopes/ids.hpp"
#include "net/jetstream.hpp"

namespace tidings {

using namespace std::chrono_literals;

namespace {

// With one of its servers away, a cluster lists consumers only after it has waited for that one for four seconds.
constexpr auto list_timeout = 6s;
constexpr auto call_timeout = 2s;
constexpr size_t most_former = 256; // one page of the server's list

int64_t nanoseconds(milliseconds x) {
  return std::chrono::nanoseconds{x}.count();
}

} // namespace

void takeover::begin(known x) {
  known_ = std::move(x);
  caf::anon_send(opts_.gateway, unsubscribe{opts_.batches, epoch_});
  ++epoch_;
  // Who consumed a moment ago knows what is settled, and whose consumers these are.
  if (known_.floor) return ask("STREAM.INFO.COMMANDS", {}, phase::inspecting, call_timeout);
  former_.clear();
  ask("CONSUMER.LIST.COMMANDS", "{}", phase::listing, list_timeout);
}

void takeover::verify() {
  if (phase_ == phase::consuming) ask("CONSUMER.INFO.COMMANDS." + name_, {}, phase::verifying, call_timeout);
}

bool takeover::in_order(const net::nats_message& msg, const std::optional<net::delivery_info>& info) {
  if (info) {
    if (info->consumer_sequence != consumed_ + 1) {
      fail("expected delivery " + std::to_string(consumed_ + 1) + ", got " + std::to_string(info->consumer_sequence));
      return false;
    }
    consumed_ = info->consumer_sequence;
    return true;
  }
  if (msg.status() != 100) return true;
  // A heartbeat names the last delivery: the only sign of a loss behind which nothing comes.
  uint64_t last = 0;
  auto text = msg.header("Nats-Last-Consumer");
  std::from_chars(text.data(), text.data() + text.size(), last);
  if (last > consumed_) fail(std::to_string(last - consumed_) + " deliveries are missing");
  return last <= consumed_;
}

void takeover::stop() {
  caf::anon_send(opts_.gateway, unsubscribe{opts_.batches, epoch_});
  ++epoch_;
  name_.clear(); // whoever comes next removes it
  phase_ = phase::idle;
}

void takeover::ask(std::string verb, std::string body, phase next, milliseconds timeout) {
  phase_ = next;
  caf::anon_send(opts_.gateway, nats_request{net::jetstream::api(verb), {}, std::move(body), timeout, opts_.replies,
                                             cookie_bit | (epoch_ << 8) | static_cast<uint64_t>(next)});
}

bool takeover::on_reply(const nats_reply& x) {
  if ((x.cookie & cookie_bit) == 0) return false;
  if ((x.cookie & ~cookie_bit) != ((epoch_ << 8) | static_cast<uint64_t>(phase_))) return true; // of an older try
  if (x.error) {
    fail(failure_of(x.error).detail);
    return true;
  }
  auto answer = net::jetstream::parse_api_answer(x.message.data());
  if (answer && phase_ == phase::locating && answer->error && answer->error->err_code == net::jetstream::err_no_message_found) answer->error.reset();
  if (!answer || answer->error) {
    fail(answer ? answer->error->description : failure_of(answer.error()).detail);
    return true;
  }
  switch (phase_) {
    case phase::listing: on_consumers(answer->body); break;
    case phase::inspecting: on_stream(answer->body); break;
    case phase::locating: on_located(answer->body); break;
    case phase::creating: on_created(answer->body); break;
    case phase::verifying: phase_ = phase::consuming; break;
    default: break;
  }
  return true;
}

void takeover::on_consumers(json& body) {
  settled_.fill(0);
  bool all = opts_.partition == subjects::partitions;
  auto ours = subjects::command_log_part(opts_.partition);
  for (auto& consumer : body.value("consumers", json::array())) {
    if (!consumer.is_object()) continue; // one that ended while the server made the list
    auto consumer_name = consumer.value("name", std::string{});
    if (!consumer_name.starts_with(consumer_prefix)) continue;
    auto config = consumer.value("config", json::object());
    auto filter = config.value("filter_subject", std::string{});
    if (filter.empty()) filter = subjects::command_log_filter;
    // Of another reach: only who consumes everything may remove the consumers of partitions, and nobody else that of everything.
    if (all || filter == ours) former_.push_back(consumer_name);
    auto acknowledged = consumer.value("ack_floor", json::object()).value("stream_seq", uint64_t{0});
    // Until its first delivery is acknowledged, a consumer's floor is 0; but it was made behind what was settled then.
    auto made_at = config.value("opt_start_seq", uint64_t{0});
    acknowledged = std::max(acknowledged, std::max(made_at, uint64_t{1}) - 1);
    for (uint32_t p = 0; p < settled_.size(); ++p)
      if (subjects::overlaps(filter, subjects::command_log_part(p))) settled_[p] = std::max(settled_[p], acknowledged);
  }
  ask("STREAM.INFO.COMMANDS", {}, phase::inspecting, call_timeout);
}

void takeover::on_stream(const json& body) {
  last_sequence_ = body.value("state", json::object()).value("last_seq", uint64_t{0});
  leader_ = net::jetstream::leader_of(body);
  places_tried_ = 0;
  auto incarnation = net::jetstream::created_ns(body.value("created", std::string{}));
  if (known_.busy_with != 0 && known_.busy_with != incarnation) return fail("the commands of the stream that was there before are not settled yet");
  bool all = opts_.partition == subjects::partitions;
  // A consumer is gone with its server, and forgets what it was told last.
  if (known_.before.incarnation == incarnation)
    for (uint32_t p = 0; p < settled_.size(); ++p) settled_[p] = std::max(settled_[p], known_.before.up_to[p]);
  // What we know to be settled counts for more than a consumer's memory: a killed server forgets acks.
  start_ = 1 + (known_.floor ? *known_.floor : all ? *std::ranges::min_element(settled_) : settled_[opts_.partition]);
  // The stream was made anew since a former consumer or we looked at it: its numbers mean nothing for this one.
  bool anew = start_ > last_sequence_ + 1 || (incarnation_ != 0 && incarnation_ != incarnation);
  if (anew) start_ = 1;
  incarnation_ = incarnation;
  bool shared_out = std::ranges::adjacent_find(settled_, std::ranges::not_equal_to{}) != settled_.end();
  if (all && shared_out && !known_.floor && !anew) locate();
  else create();
}

void takeover::locate() {
  // A partition in which nothing happened for long has a low floor; all that others settled meanwhile would come again.
  start_ = last_sequence_ + 1;
  locating_ = subjects::partitions;
  for (uint32_t p = 0; p < subjects::partitions; ++p)
    ask("STREAM.MSG.GET.COMMANDS", json{{"seq", settled_[p] + 1}, {"next_by_subj", subjects::command_log_part(p)}}.dump(), phase::locating, call_timeout);
}

void takeover::on_located(const json& answer) {
  if (answer.contains("message")) start_ = std::min(start_, answer["message"].value("seq", uint64_t{1}));
  if (--locating_ == 0) create();
}

void takeover::create() {
  failpoint("takeover.before_create");
  // The last one, or one that was made without our hearing of it. In a long outage the oldest are left for whoever lists consumers next.
  if (!name_.empty() && std::ranges::find(former_, name_) == former_.end()) former_.push_back(name_);
  if (former_.size() > most_former) former_.erase(former_.begin());
  name_ = std::string{consumer_prefix} + make_session_id();
  consumed_ = 0;
  auto deliver = "_INBOX." + make_session_id();
  caf::anon_send(opts_.gateway, subscribe{deliver, {}, opts_.batches, epoch_});
  json config = {{"durable_name", name_},
                 {"deliver_subject", deliver},
                 {"deliver_policy", "by_start_sequence"},
                 {"opt_start_seq", start_},
                 {"ack_policy", "explicit"},
                 {"ack_wait", nanoseconds(opts_.ack_wait)},
                 {"max_ack_pending", opts_.max_ack_pending},
                 {"max_deliver", -1},
                 {"num_replicas", 1}, // what it remembers is in the table of partitions too; a copy of each delivery and ack on three servers is dear
                 {"replay_policy", "instant"},
                 {"idle_heartbeat", nanoseconds(opts_.heartbeat)}};
  if (opts_.partition != subjects::partitions) config["filter_subject"] = subjects::command_log_part(opts_.partition);
  spdlog::debug("taking over {} from sequence {} as {}", subjects::command_log_part(opts_.partition), start_, name_);
  ask("CONSUMER.DURABLE.CREATE.COMMANDS." + name_, json{{"stream_name", "COMMANDS"}, {"config", std::move(config)}}.dump(),
      phase::creating, call_timeout);
}

void takeover::on_created(const json& body) {
  failpoint("takeover.created");
  if (!net::jetstream::reads_from_leader(body, leader_) && ++places_tried_ < net::jetstream::places_to_try) {
    caf::anon_send(opts_.gateway, unsubscribe{opts_.batches, epoch_});
    ++epoch_;
    return create();
  }
  phase_ = phase::consuming;
  trouble_.clear();
  for (auto& old : std::exchange(former_, {}))
    caf::anon_send(opts_.gateway, nats_request{net::jetstream::api("CONSUMER.DELETE.COMMANDS." + old), {}, {}, 5s, opts_.replies, cookie_bit});
}

void takeover::fail(std::string why) {
  if (trouble_ != why) spdlog::warn("cannot consume {}: {}", subjects::command_log_part(opts_.partition), why);
  trouble_ = std::move(why);
  phase_ = phase::failed;
}

} // namespace tidings
