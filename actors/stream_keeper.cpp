// SPDX-License-Identifier: MIT
#include "actors/stream_keeper.hpp"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "envelopes/errc.hpp"
#include "envelopes/subjects.hpp"
#include "net/jetstream.hpp"

namespace tidings {

using namespace std::chrono_literals;

namespace {

constexpr auto look_again = 5s;
constexpr int most_shortages = 6;
constexpr int64_t second_ns = 1'000'000'000;
constexpr const char* advisories = "$JS.EVENT.ADVISORY.STREAM.*.*";

json stream_config(std::string_view name, std::string_view subject, uint32_t replicas) {
  return {{"name", name},
          {"subjects", json::array({subject})},
          {"retention", "limits"},
          {"storage", "file"},
          {"num_replicas", replicas},
          {"allow_direct", true}};
}

} // namespace

json bucket_config(const std::string& bucket, uint32_t replicas) {
  auto config = stream_config("KV_" + bucket, "$KV." + bucket + ".>", replicas);
  config["max_msgs_per_subject"] = 1;
  config["discard"] = "new";
  config["allow_rollup_hdrs"] = true;
  config["deny_delete"] = true;
  return config;
}

std::vector<wanted_stream> wanted_streams(const catalog& models, uint32_t replicas) {
  std::vector<wanted_stream> result;
  auto add = [&](std::string name, json config) { result.push_back({std::move(name), std::move(config)}); };
  auto commands = stream_config("COMMANDS", subjects::command_log_filter, replicas);
  commands["duplicate_window"] = 120 * second_ns;
  add("COMMANDS", std::move(commands));
  auto notifications = stream_config("NOTIFICATIONS", subjects::notification_filter, replicas);
  notifications["max_age"] = 24 * 3600 * second_ns;
  add("NOTIFICATIONS", std::move(notifications));
  add("DEAD_LETTERS", stream_config("DEAD_LETTERS", subjects::dead_letter_filter, replicas));
  std::vector<std::string> buckets{lease_bucket};
  for (auto& model : models.models()) buckets.push_back(model->bucket.str());
  for (auto& bucket : buckets) add("KV_" + bucket, bucket_config(bucket, replicas));
  return result;
}

void stream_keeper_state::init(nats_gateway_actor gateway, readiness_actor readiness, stream_keeper_options options) {
  gateway_ = std::move(gateway);
  readiness_ = std::move(readiness);
  options_ = std::move(options);
  report(false, "not looked at yet");
  self_->send(gateway_, subscribe{advisories, {}, self_, 0});
  self_->send(gateway_, follow_connection{self_});
}

void stream_keeper_state::on_connection(const connection_change& x) {
  connected_ = x.connected;
  looking_ = false;
  creates_open_ = 0;
  if (x.connected) look();
  else report(false, "no connection to NATS");
}

void stream_keeper_state::look() {
  if (!connected_ || looking_) return;
  looking_ = true;
  found_.clear();
  silent_.clear();
  offset_ = 0;
  ask_page();
}

void stream_keeper_state::ask_page() {
  self_->send(gateway_, nats_request{net::jetstream::api("STREAM.LIST"), {}, json{{"offset", offset_}}.dump(), 5s, self_, listing});
}

void stream_keeper_state::on_reply(const nats_reply& x) {
  if (x.cookie == listing) on_page(x);
  else on_created(x);
}

void stream_keeper_state::on_page(const nats_reply& x) {
  auto give_up = [this](std::string why) {
    looking_ = false;
    report(false, std::move(why));
  };
  if (x.error)
    return give_up(code_of(x.error) == errc::no_handler
                     ? "the NATS server has no JetStream: start nats-server with -js"
                     : "JetStream does not say which streams there are: " + failure_of(x.error).detail);
  auto answer = net::jetstream::parse_api_answer(x.message.data());
  if (!answer) return give_up(failure_of(answer.error()).detail);
  if (answer->error) return give_up("JetStream: " + answer->error->description);
  auto& streams = answer->body["streams"];
  size_t count = streams.is_array() ? streams.size() : 0;
  for (size_t i = 0; i < count; ++i) {
    auto stream = streams[i]["config"].value("name", std::string{});
    found_[stream] = std::move(streams[i]);
  }
  // A cluster names the streams that it could not ask about.
  auto missing = answer->body.value("missing", json{});
  size_t missed = missing.is_array() ? missing.size() : 0;
  for (size_t i = 0; i < missed; ++i)
    if (missing[i].is_string()) silent_.insert(missing[i].get<std::string>());
  offset_ += count + missed;
  if (count + missed > 0 && offset_ < answer->body.value("total", size_t{0})) return ask_page();
  judge();
}

std::string stream_keeper_state::complaint() const {
  for (auto& [stream, info] : found_) {
    for (auto& subject : info["config"].value("subjects", json::array())) {
      if (!subject.is_string()) continue;
      auto& filter = subject.get_ref<const std::string&>();
      for (auto bus : {"commands.*", "queries.*"})
        if (subjects::overlaps(filter, bus))
          return "stream " + stream + " captures " + bus + " by its subject " + filter
                 + ": it would answer requests with its own acknowledgement; change its subjects or delete it";
    }
  }
  for (auto& wanted : options_.streams) {
    auto i = found_.find(wanted.name);
    if (i == found_.end()) continue;
    auto has = i->second["config"].value("subjects", json::array());
    if (has != wanted.config["subjects"])
      return "stream " + wanted.name + " has the subjects " + has.dump() + ", expected " + wanted.config["subjects"].dump();
    // More is as good; fewer would break the promise that the option makes.
    auto replicas = i->second["config"].value("num_replicas", 1u);
    if (auto asked = wanted.config["num_replicas"].get<uint32_t>(); replicas < asked)
      return "stream " + wanted.name + " has " + std::to_string(replicas) + (replicas == 1 ? " replica" : " replicas") + ", expected "
             + std::to_string(asked) + ": give it more (nats stream edit " + wanted.name + " --replicas " + std::to_string(asked)
             + ") or start with --durability os";
  }
  return {};
}

void stream_keeper_state::judge() {
  looking_ = false;
  if (auto why = complaint(); !why.empty()) {
    if (!complete_once_) options_.refuse(why);
    return report(false, std::move(why));
  }
  for (auto& wanted : options_.streams)
    if (silent_.contains(wanted.name)) return report(false, "the servers that keep stream " + wanted.name + " do not answer");
  for (auto& wanted : options_.streams)
    if (auto i = found_.find(wanted.name); i != found_.end())
      options_.counts->stored[wanted.name] = {i->second["state"].value("messages", uint64_t{0}), i->second["state"].value("bytes", uint64_t{0})};
  std::vector<const wanted_stream*> missing;
  for (auto& wanted : options_.streams)
    if (!found_.contains(wanted.name)) missing.push_back(&wanted);
  if (missing.empty()) {
    if (!std::exchange(complete_once_, true)) {
      if (!options_.says.empty()) spdlog::info(options_.says);
      options_.counts->durability = to_string(options_.promise);
    }
    auto last = [this](const char* stream) { return found_[stream]["state"].value("last_seq", uint64_t{0}); };
    bool again = !ready_;
    report(true, {});
    if (again)
      for (auto& listener : options_.listeners) self_->send(listener, streams_ready{last("COMMANDS"), last("NOTIFICATIONS")});
    return;
  }
  if (complete_once_)
    return report(false, "stream " + missing.front()->name + " is gone; restore it, or restart Tidings to start an empty one");
  looking_ = true;
  creates_open_ = missing.size();
  for (auto* wanted : missing) {
    spdlog::info("creating stream {}", wanted->name);
    self_->send(gateway_, nats_request{net::jetstream::api("STREAM.CREATE." + wanted->name), {}, wanted->config.dump(), 10s,
                                       self_, creating});
  }
}

void stream_keeper_state::on_created(const nats_reply& x) {
  if (creates_open_ == 0) return; // of a connection before this one
  auto answer = x.error ? caf::expected<net::jetstream::api_answer>{x.error}
                        : net::jetstream::parse_api_answer(x.message.data());
  if (!answer) report(false, "a stream could not be created: " + failure_of(answer.error()).detail);
  else if (answer->error) on_refused(*answer->error);
  if (--creates_open_ > 0) return;
  looking_ = false;
  if (answer && !answer->error) look();
}

void stream_keeper_state::on_refused(const net::jetstream::api_error& why) {
  auto detail = "a stream could not be created: " + why.description;
  bool alone = why.err_code == net::jetstream::err_not_clustered;
  bool too_few = why.err_code == net::jetstream::err_no_suitable_peers || why.err_code == net::jetstream::err_insufficient_resources;
  if (alone || too_few) detail = "--durability replicated needs a NATS cluster of three servers with JetStream: " + why.description;
  // A cluster that is starting may not have seen its servers yet.
  bool last = creates_open_ == 1;
  if (too_few && last) ++shortages_;
  if (last && (alone || shortages_ >= most_shortages)) options_.refuse(detail);
  report(false, std::move(detail));
}

void stream_keeper_state::report(bool ready, std::string detail) {
  if (ready == ready_ && detail == told_) return;
  if (!ready && !detail.empty() && complete_once_) spdlog::error("streams: {}", detail);
  ready_ = ready;
  told_ = detail;
  self_->send(readiness_, component_state{"streams", ready, std::move(detail)});
}

stream_keeper_actor::behavior_type stream_keeper(stream_keeper_ptr self, nats_gateway_actor gateway,
                                                 readiness_actor readiness, stream_keeper_options options) {
  self->state.init(std::move(gateway), std::move(readiness), std::move(options));
  self->delayed_send(self, look_again, tick_atom::value);
  return {
    [self](const connection_change& x) { self->state.on_connection(x); },
    [self](const nats_reply& x) { self->state.on_reply(x); },
    [self](const nats_batch&) { self->state.look(); },
    [self](tick_atom) {
      self->state.look();
      self->delayed_send(self, look_again, tick_atom::value);
    },
  };
}

} // namespace tidings
