// SPDX-License-Identifier: MIT
#include "bench/floor/streams.hpp"

#include <memory>
#include <stdexcept>

#include <nats/nats.h>

#include "envelopes/json.hpp"
#include "net/jetstream.hpp"

namespace tidings::bench {

namespace {

constexpr int64_t second_ns = 1'000'000'000;

json stream(const char* subject) {
  return {{"subjects", json::array({subject})},
          {"retention", "limits"},
          {"storage", "file"},
          {"num_replicas", 1},
          {"allow_direct", true}};
}

void ask(natsConnection* nc, const std::string& verb, const std::string& body) {
  natsMsg* raw = nullptr;
  auto status = natsConnection_Request(&raw, nc, net::jetstream::api(verb).c_str(), body.data(),
                                       static_cast<int>(body.size()), 5000);
  std::unique_ptr<natsMsg, decltype(&natsMsg_Destroy)> reply{raw, natsMsg_Destroy};
  if (status != NATS_OK) throw std::runtime_error{verb + ": " + natsStatus_GetText(status)};
  auto answer =
      net::jetstream::parse_api_answer({natsMsg_GetData(raw), static_cast<size_t>(natsMsg_GetDataLength(raw))});
  if (!answer || answer->error)
    throw std::runtime_error{verb + ": " + (answer ? answer->error->description : "no JSON")};
}

void create(natsConnection* nc, std::string name, json config) {
  config["name"] = name;
  ask(nc, "STREAM.CREATE." + name, config.dump());
}

} // namespace

void make_streams(const std::string& url, const deliver_subjects& deliver) {
  natsConnection* raw = nullptr;
  if (auto status = natsConnection_ConnectTo(&raw, url.c_str()); status != NATS_OK)
    throw std::runtime_error{url + ": " + natsStatus_GetText(status)};
  std::unique_ptr<natsConnection, decltype(&natsConnection_Destroy)> nc{raw, natsConnection_Destroy};
  auto commands = stream("commands.*.*.*");
  commands["duplicate_window"] = 120 * second_ns;
  create(raw, "COMMANDS", std::move(commands));
  auto notifications = stream("notifications.*.*");
  notifications["max_age"] = 24 * 3600 * second_ns;
  create(raw, "NOTIFICATIONS", std::move(notifications));
  create(raw, "DEAD_LETTERS", stream("dead.*.*"));
  auto bucket = stream("$KV.locations.>");
  bucket["max_msgs_per_subject"] = 1;
  bucket["discard"] = "new";
  bucket["allow_rollup_hdrs"] = true;
  bucket["deny_delete"] = true;
  create(raw, "KV_locations", std::move(bucket));
  json durable = {{"durable_name", "reactor-floor"},
                  {"deliver_subject", deliver.commands},
                  {"deliver_policy", "by_start_sequence"},
                  {"opt_start_seq", 1},
                  {"ack_policy", "explicit"},
                  {"ack_wait", 30 * second_ns},
                  {"max_ack_pending", 1024},
                  {"max_deliver", -1},
                  {"num_replicas", 1},
                  {"replay_policy", "instant"},
                  {"idle_heartbeat", 2 * second_ns}};
  ask(raw, "CONSUMER.DURABLE.CREATE.COMMANDS.reactor-floor",
      json{{"stream_name", "COMMANDS"}, {"config", durable}}.dump());
  auto follow = [&](const std::string& name, const std::string& subject, const net::jetstream::start_at& from) {
    ask(raw, "CONSUMER.CREATE." + name,
        net::jetstream::ordered_consumer_config(name, subject, {}, from, 2 * second_ns));
  };
  using policy = net::jetstream::start_at::policy;
  follow("NOTIFICATIONS", deliver.notifications, {policy::sequence, 1});
  if (!deliver.entries.empty()) follow("KV_locations", deliver.entries, {policy::sequence, 1});
}

} // namespace tidings::bench
