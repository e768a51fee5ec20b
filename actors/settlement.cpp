// SPDX-License-Identifier: MIT
#include "actors/settlement.hpp"

#include <algorithm>

#include "actors/headers.hpp"
#include "envelopes/subjects.hpp"
#include "envelopes/timestamp.hpp"

namespace tidings {

namespace {

token admit_or_unknown(std::string_view text) {
  auto admitted = token::admit(text, "token");
  return admitted ? std::move(*admitted) : std::move(*token::admit("unknown", "token"));
}

token id_in(const net::nats_message& msg) {
  return admit_or_unknown(subjects::token_at(msg.subject(), 3));
}

token type_in(const net::nats_message& msg) {
  return admit_or_unknown(subjects::token_at(msg.subject(), 2));
}

publish notification_of(const token& owner, const outcome& x) {
  publish out;
  out.subject = subjects::notification(owner, *token::admit(x.command_id, "command id"));
  out.headers = {{notification_headers::status, std::string{to_string(x.status)}}};
  if (x.code && !x.code->empty()) out.headers.emplace_back(notification_headers::code, *x.code);
  out.data = to_json(x);
  return out;
}

publish dead_letter(const token& type, const token& id, std::string subject, std::string data, const burial& why) {
  using namespace std::chrono;
  auto since = system_clock::time_point{duration_cast<system_clock::duration>(nanoseconds{why.stored.timestamp_ns})};
  std::string reason{why.reason};
  std::ranges::replace_if(reason, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  publish out;
  out.subject = subjects::dead_letter(type, id);
  out.headers = {{dead_letter_headers::reason, std::move(reason)},
                 {dead_letter_headers::attempts, std::to_string(why.attempts)},
                 {dead_letter_headers::subject, std::move(subject)},
                 {dead_letter_headers::sequence, std::to_string(why.stored.stream_sequence)},
                 {dead_letter_headers::time, to_rfc3339(since)}};
  out.data = std::move(data);
  return out;
}

} // namespace

publish outcome_of(const stored_command& command, const projected& result, stage reached) {
  outcome x;
  x.command_id = command.request.command_id;
  x.command_type = command.request.command_type;
  x.timestamp = now_rfc3339();
  x.key = command.key.str();
  if (result.entry) {
    x.status = outcome_status::completed;
    x.reached = stage::projected;
    x.revision = result.entry->revision;
    x.payload = result.entry->deleted ? json{{command.entry.model->key, command.key.str()}} : result.entry->value;
    x.actions = expand_actions(command.entry.spec->actions, x.payload);
  } else {
    x.status = outcome_status::failed;
    x.reached = reached;
    x.error = result.reason.message;
    x.code = result.what == projected::result::gave_up ? "dead_lettered" : result.reason.code;
  }
  auto out = notification_of(command.owner, x);
  if (!command.digest.empty()) out.headers.emplace_back(notification_headers::digest, command.digest);
  if (!command.traceparent.empty()) out.headers.emplace_back(notification_headers::traceparent, command.traceparent);
  return out;
}

publish outcome_of_unreadable(const net::nats_message& msg, std::string_view reason) {
  auto owner = token::admit(msg.header(command_headers::owner), "owner");
  auto id = id_in(msg);
  if (!owner || id.str() == "unknown") return {};
  outcome x;
  x.command_id = id.str();
  x.command_type = type_in(msg).str();
  x.timestamp = now_rfc3339();
  x.status = outcome_status::failed;
  x.error = std::string{reason};
  x.code = "dead_lettered";
  return notification_of(*owner, x);
}

publish dead_letter_of(const stored_command& command, const burial& why) {
  auto id = admit_or_unknown(command.request.command_id);
  auto type = admit_or_unknown(command.request.command_type);
  auto subject = subjects::command_log(subjects::partition_of(command.key.str()), type, id);
  return dead_letter(type, id, std::move(subject), to_json(command.request), why);
}

publish dead_letter_of_unreadable(const net::nats_message& msg, const burial& why) {
  return dead_letter(type_in(msg), id_in(msg), std::string{msg.subject()}, std::string{msg.data()}, why);
}

} // namespace tidings
