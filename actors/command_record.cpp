// SPDX-License-Identifier: MIT
#include "actors/command_record.hpp"

#include <algorithm>
#include <charconv>

#include "actors/headers.hpp"
#include "actors/takeover.hpp"
#include "envelopes/subjects.hpp"
#include "net/jetstream.hpp"

namespace tidings {

namespace {

using end = command_record::end;

uint64_t number(std::string_view text) {
  uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

uint64_t stored_ns(const net::nats_message& found) {
  return net::jetstream::created_ns(std::string{found.header("Nats-Time-Stamp")});
}

uint64_t retry_of(const net::nats_message& x) {
  return number(x.header(command_headers::retry)); // the same name on commands and outcomes
}

bool told_later_than_kept(const evidence& x) {
  auto told = stored_ns(x.told);
  return x.outcomes_kept_ns != 0 && told > x.stored_ns && told - x.stored_ns > x.outcomes_kept_ns;
}

/// What an outcome that is this copy's own says. Empty when it cannot be read.
std::optional<command_record> read(const stored_command& command, const net::nats_message& told) {
  auto body = parse_outcome(told.data());
  if (!body) return std::nullopt;
  if (body->status == outcome_status::failed) return command_record{end::failed};
  if (body->status != outcome_status::completed) return std::nullopt;
  command_record result{end::completed, nullptr, body->revision};
  if (command.entry.spec->effect != command_effect::remove) result.document = std::move(body->payload);
  return result;
}

} // namespace

bool wants_more(const stored_command&, const evidence& x) {
  return !x.told || told_later_than_kept(x);
}

command_record record_of(const stored_command& command, const evidence& x) {
  auto unsaid = x.acknowledged ? end::forgotten : end::open;
  auto sequence = command.position.sequence;
  auto later = x.last_copy ? number(x.last_copy.header("Nats-Sequence")) : 0;
  if (x.told) {
    auto retry = retry_of(x.told);
    if (retry > command.retry) return {end::failed}; // a command is only retried once it was given up
    if (retry < command.retry)
      return {x.told.header(notification_headers::code) == "dead_lettered" ? unsaid : end::failed};
    bool of_another = told_later_than_kept(x) && later > sequence && retry_of(x.last_copy) == command.retry
                      && stored_ns(x.last_copy) <= stored_ns(x.told);
    if (!of_another)
      if (auto result = read(command, x.told)) return std::move(*result);
  }
  if (later > sequence && retry_of(x.last_copy) > command.retry) return {end::failed};
  if (x.letter && number(x.letter.header(dead_letter_headers::sequence)) == sequence) return {end::failed};
  return {unsaid};
}

std::vector<settled_floor> settled_floors(const json& consumers, uint64_t last_sequence) {
  std::vector<settled_floor> result;
  if (!consumers.is_array()) return result;
  for (auto& consumer : consumers) {
    if (!consumer.value("name", std::string{}).starts_with(takeover::consumer_prefix)) continue;
    auto config = consumer.value("config", json::object());
    auto sequence = consumer.value("ack_floor", json::object()).value("stream_seq", uint64_t{0});
    // Until its first delivery is acknowledged, a consumer's floor is 0; but it was made behind what was settled then.
    sequence = std::max(sequence, std::max(config.value("opt_start_seq", uint64_t{0}), uint64_t{1}) - 1);
    bool idle = consumer.value("num_pending", uint64_t{1}) == 0 && consumer.value("num_ack_pending", uint64_t{1}) == 0;
    result.push_back({config.value("filter_subject", std::string{}), idle ? std::max(sequence, last_sequence) : sequence});
  }
  return result;
}

uint64_t floor_of(const std::vector<settled_floor>& floors, std::string_view subject) {
  std::optional<uint64_t> result;
  for (auto& floor : floors)
    if (floor.filter.empty() || subjects::overlaps(floor.filter, subject))
      result = std::max(result.value_or(floor.sequence), floor.sequence);
  return result.value_or(0);
}

} // namespace tidings
