// SPDX-License-Identifier: MIT
#include "actors/settlement.hpp"

#include <spdlog/fmt/fmt.h>

#include "actors/dead_letter.hpp"
#include "actors/headers.hpp"
#include "actors/request_headers.hpp"
#include "envelopes/subjects.hpp"
#include "envelopes/timestamp.hpp"

namespace tidings {

namespace {

outgoing_message outcome_message(const token& owner, const outcome& x, std::string_view payload = "null", std::string_view actions = "[]") {
  outgoing_message out;
  out.subject = subjects::notification(owner, *token::admit(x.command_id, "command id"));
  out.headers.reserve(4);
  out.headers.emplace_back(notification_headers::status, to_string(x.status));
  if (x.code && !x.code->empty()) out.headers.emplace_back(notification_headers::code, *x.code);
  out.data = to_json(x, payload, actions);
  return out;
}

} // namespace

outgoing_message outcome_of(const stored_command& command, const projected& result, stage reached) {
  outcome x;
  x.command_id = command.request.command_id;
  x.command_type = command.request.command_type;
  x.timestamp = now_rfc3339();
  x.key = command.key.str();
  std::string removed, actions = "[]";
  std::string_view payload = "null";
  if (result.entry) {
    x.status = outcome_status::completed;
    x.reached = stage::projected;
    x.revision = result.entry->revision;
    if (result.entry->deleted) payload = removed = dump(json::object({{command.entry.model->key, command.key.str()}}));
    else payload = result.entry->text;
    actions = expand_actions(command.entry.spec->actions, json_slice{payload});
  } else {
    x.status = outcome_status::failed;
    x.reached = reached;
    x.error = result.reason.message;
    x.code = result.what == projected::result::gave_up ? "dead_lettered" : result.reason.code;
  }
  auto out = outcome_message(command.owner, x, payload, actions);
  if (!command.digest.empty()) out.headers.emplace_back(notification_headers::digest, command.digest);
  if (!command.traceparent.empty()) out.headers.emplace_back(notification_headers::traceparent, command.traceparent);
  // Two reactors may have worked on it, one of them paused meanwhile: a command is told once. A retry follows what was told before.
  if (command.retry > 0) out.headers.emplace_back(notification_headers::retry, std::to_string(command.retry));
  else out.headers.emplace_back(notification_headers::expected, "0");
  return out;
}

outgoing_message outcome_of_unreadable(const net::nats_message& msg, std::string_view reason) {
  auto owner = token::admit(msg.header(command_headers::owner), "owner");
  auto id = buried_id(msg.subject());
  if (!owner || id.str() == "unknown") return {};
  outcome x;
  x.command_id = id.str();
  x.command_type = buried_type(msg.subject()).str();
  x.timestamp = now_rfc3339();
  x.status = outcome_status::failed;
  x.error = std::string{reason};
  x.code = "dead_lettered";
  auto out = outcome_message(*owner, x);
  out.headers.emplace_back(notification_headers::expected, "0");
  return out;
}

namespace {

std::string name_of(std::string_view type, std::string_view id, uint64_t sequence, std::string_view traceparent) {
  auto trace = trace_id_of(traceparent);
  return fmt::format("command {} {} (COMMANDS {}{}{})", type, id, sequence, trace.empty() ? "" : ", trace ", trace);
}

} // namespace

std::string name_of(const stored_command& command) {
  return name_of(command.request.command_type, command.request.command_id, command.position.sequence, command.traceparent);
}

std::string name_of(const net::nats_message& msg) {
  auto info = net::parse_delivery(msg.reply()).value_or(net::delivery_info{});
  return name_of(buried_type(msg.subject()).str(), buried_id(msg.subject()).str(), info.stream_sequence, msg.header(command_headers::traceparent));
}

} // namespace tidings
