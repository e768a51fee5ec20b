// SPDX-License-Identifier: MIT
#include "net/jetstream.hpp"

#include <charconv>
#include <cstdio>
#include <ctime>

#include "envelopes/errc.hpp"

namespace tidings::net::jetstream {

namespace {

// A server sends well-formed JSON, so parsing here need not be as strict as at the edge.
json lenient(std::string_view text) {
  return json::parse(text, nullptr, false);
}

std::optional<api_error> error_of(const json& body) {
  auto i = body.find("error");
  if (i == body.end() || !i->is_object()) return std::nullopt;
  return api_error{i->value("code", 0), i->value("err_code", 0), i->value("description", std::string{"no description"})};
}

} // namespace

caf::expected<pub_ack> parse_pub_ack(std::string_view text) {
  // The common answer is read without building a document: this runs once a publish.
  if (text.starts_with('{') && text.find("\"error\"") == std::string_view::npos) {
    constexpr std::string_view key = "\"seq\":";
    if (auto i = text.find(key); i != std::string_view::npos) {
      pub_ack ack;
      auto first = text.data() + i + key.size();
      while (first != text.data() + text.size() && *first == ' ') ++first;
      auto [end, ec] = std::from_chars(first, text.data() + text.size(), ack.sequence);
      if (ec == std::errc{}) {
        ack.duplicate = text.find("\"duplicate\"") != std::string_view::npos;
        return ack;
      }
    }
  }
  auto body = lenient(text);
  auto error = body.is_object() ? error_of(body) : std::nullopt;
  if (!error) return make_error(errc::bad_reply, "expected a JetStream acknowledgement");
  if (error->err_code == err_wrong_last_sequence) return make_error(errc::wrong_revision, error->description);
  return make_error(errc::storage_refused, "JetStream refused: " + error->description);
}

caf::expected<api_answer> parse_api_answer(std::string_view text) {
  auto body = lenient(text);
  if (!body.is_object()) return make_error(errc::bad_reply, "expected a JetStream API answer");
  auto error = error_of(body);
  return api_answer{std::move(body), std::move(error)};
}

uint64_t created_ns(const std::string& text) {
  std::tm t{};
  int end = 0;
  if (std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &t.tm_year, &t.tm_mon, &t.tm_mday, &t.tm_hour, &t.tm_min, &t.tm_sec,
                  &end) != 6)
    return 0;
  t.tm_year -= 1900;
  t.tm_mon -= 1;
  uint64_t fraction = 0;
  size_t i = static_cast<size_t>(end);
  if (i < text.size() && text[i] == '.') ++i;
  for (int digits = 0; digits < 9; ++digits) {
    bool has = i < text.size() && text[i] >= '0' && text[i] <= '9';
    fraction = fraction * 10 + (has ? static_cast<uint64_t>(text[i++] - '0') : 0);
  }
  return static_cast<uint64_t>(timegm(&t)) * 1'000'000'000 + fraction;
}

std::string leader_of(const json& info) {
  return info.value("cluster", json::object()).value("leader", std::string{});
}

bool reads_from_leader(const json& consumer_info, std::string_view leader) {
  auto server = leader_of(consumer_info);
  return server.empty() || leader.empty() || server == leader;
}

std::string api(std::string_view verb) {
  return std::string{"$JS.API."}.append(verb);
}

std::string ordered_consumer_config(std::string_view stream, std::string_view deliver_subject, std::string_view filter,
                                    const start_at& start, uint64_t heartbeat_ns) {
  json config = {{"deliver_subject", deliver_subject},
                 {"ack_policy", "none"},
                 {"replay_policy", "instant"},
                 {"max_deliver", 1},
                 {"flow_control", true},
                 {"idle_heartbeat", heartbeat_ns},
                 {"inactive_threshold", heartbeat_ns * 6},
                 {"num_replicas", 1},
                 {"mem_storage", true}};
  if (!filter.empty()) config["filter_subject"] = filter;
  if (start.how == start_at::policy::last_per_subject) {
    config["deliver_policy"] = "last_per_subject";
    if (filter.empty()) config["filter_subject"] = ">";
  } else {
    config["deliver_policy"] = "by_start_sequence";
    config["opt_start_seq"] = start.sequence == 0 ? 1 : start.sequence;
  }
  return json{{"stream_name", stream}, {"config", std::move(config)}}.dump();
}

} // namespace tidings::net::jetstream
