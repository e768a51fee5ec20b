// SPDX-License-Identifier: MIT
#include "envelopes/outcome.hpp"

#include <array>

#include "envelopes/envelope_reader.hpp"
#include "envelopes/json_text.hpp"

namespace tidings {

namespace {

constexpr auto statuses = std::array<std::string_view, 3>{"pending", "completed", "failed"};
constexpr auto stages = std::array<std::string_view, 3>{"accepted", "handled", "projected"};

std::string_view success_of(outcome_status x) {
  switch (x) {
  case outcome_status::completed: return "true";
  case outcome_status::failed: return "false";
  case outcome_status::pending: break;
  }
  return "null";
}

void append_maybe(std::string& out, std::string_view name, const std::optional<std::string>& value) {
  append_json_member(out, name);
  if (value)
    append_json_string(out, *value);
  else
    out += "null";
}

void append_text(std::string& out, std::string_view name, std::string_view value) {
  append_json_member(out, name);
  append_json_string(out, value);
}

template <class Enum, size_t N>
Enum read_enum(envelope_reader& in, std::string_view name, const std::array<std::string_view, N>& names) {
  auto text = in.text(name);
  for (size_t i = 0; i < N; ++i)
    if (names[i] == text) return static_cast<Enum>(i);
  in.refuse(name);
  return Enum{};
}

std::vector<action> read_actions(envelope_reader& in) {
  auto list = in.value("actions");
  std::vector<action> result;
  if (!list.is_array()) in.refuse("actions");
  for (auto& item : list) {
    auto type = item.is_object() ? item.find("type") : item.end();
    if (type == item.end() || !type->is_string()) {
      in.refuse("actions");
      break;
    }
    result.push_back({type->get<std::string>(), item.value("data", json{})});
  }
  return result;
}

} // namespace

std::string_view to_string(outcome_status x) { return statuses[static_cast<size_t>(x)]; }

std::string_view to_string(stage x) { return stages[static_cast<size_t>(x)]; }

std::string to_json(const outcome& x) { return to_json(x, dump(x.payload)); }

std::string to_json(const outcome& x, std::string_view payload) {
  std::string out;
  out.reserve(payload.size() + 512);
  out += '{';
  append_json_member(out, "success");
  out += success_of(x.status);
  append_text(out, "command_id", x.command_id);
  append_text(out, "timestamp", x.timestamp);
  append_json_member(out, "payload");
  out += payload;
  append_maybe(out, "error", x.error);
  append_text(out, "command_type", x.command_type);
  append_text(out, "status", to_string(x.status));
  append_text(out, "stage", to_string(x.reached));
  append_maybe(out, "code", x.code);
  append_maybe(out, "key", x.key);
  append_json_member(out, "revision");
  out += x.revision ? std::to_string(*x.revision) : "null";
  append_json_member(out, "actions");
  out += '[';
  for (const auto& [type, data] : x.actions) {
    if (out.back() != '[') out += ',';
    out += '{';
    append_text(out, "type", type);
    append_json_member(out, "data");
    out += dump(data);
    out += '}';
  }
  out += ']';
  append_json_member(out, "links");
  out += '{';
  append_text(out, "self", "/commands/" + x.command_id);
  append_text(out, "events", "/commands/" + x.command_id + "/events");
  out += "}}";
  return out;
}

caf::expected<outcome> parse_outcome(std::string_view text) {
  envelope_reader in{text, errc::malformed_request};
  outcome result;
  result.command_id = in.token("command_id");
  result.timestamp = in.timestamp("timestamp");
  result.payload = in.value("payload");
  result.error = in.maybe_text("error");
  result.command_type = in.token("command_type");
  result.status = read_enum<outcome_status>(in, "status", statuses);
  result.reached = read_enum<stage>(in, "stage", stages);
  result.code = in.maybe_text("code");
  result.key = in.maybe_text("key");
  result.revision = in.maybe_unsigned("revision");
  result.actions = read_actions(in);
  if (in.error()) return in.error();
  return result;
}

} // namespace tidings
