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

/// @param before What is written in front, as it is.
void append_text(std::string& out, std::string_view before, std::string_view value) {
  out += before;
  append_json_string(out, value);
}

void append_maybe(std::string& out, std::string_view before, const std::optional<std::string>& value) {
  if (value) return append_text(out, before, *value);
  out += before;
  out += "null";
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

std::string to_json(const outcome& x) {
  std::string actions = "[";
  for (const auto& [type, data] : x.actions) append_action(actions, type, dump(data));
  return to_json(x, dump(x.payload), actions += ']');
}

void append_action(std::string& out, std::string_view type, std::string_view data) {
  append_text(out, out.ends_with('}') ? R"(,{"type":)" : R"({"type":)", type);
  out += R"(,"data":)";
  out += data;
  out += '}';
}

std::string to_json(const outcome& x, std::string_view payload, std::string_view actions) {
  std::string out;
  // About what it takes, since outcomes are kept for a while: 240 for the names of members, 3 ids.
  out.reserve(payload.size() + actions.size() + 240 + 3 * x.command_id.size() + x.command_type.size() + x.timestamp.size()
              + (x.key ? x.key->size() : 0) + (x.error ? x.error->size() : 0));
  out += R"({"success":)";
  out += success_of(x.status);
  append_text(out, R"(,"command_id":)", x.command_id);
  append_text(out, R"(,"timestamp":)", x.timestamp);
  out += R"(,"payload":)";
  out += payload;
  append_maybe(out, R"(,"error":)", x.error);
  append_text(out, R"(,"command_type":)", x.command_type);
  append_text(out, R"(,"status":)", to_string(x.status));
  append_text(out, R"(,"stage":)", to_string(x.reached));
  append_maybe(out, R"(,"code":)", x.code);
  append_maybe(out, R"(,"key":)", x.key);
  out += R"(,"revision":)";
  out += x.revision ? std::to_string(*x.revision) : "null";
  out += R"(,"actions":)";
  out += actions;
  auto self = "/commands/" + x.command_id;
  append_text(out, R"(,"links":{"self":)", self);
  append_text(out, R"(,"events":)", self += "/events");
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
