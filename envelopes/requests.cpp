// SPDX-License-Identifier: MIT
#include "envelopes/requests.hpp"

#include "envelopes/envelope_reader.hpp"
#include "envelopes/json_text.hpp"

namespace tidings {

namespace {

std::string render(std::string_view kind, const std::string& type, const std::string& id, const std::string& service_id,
                   const std::string& timestamp, const json& payload) {
  auto body = dump(payload);
  std::string out;
  out.reserve(body.size() + type.size() + id.size() + service_id.size() + timestamp.size() + 100);
  auto field = [&](std::string name, const std::string& value) {
    append_json_member(out, name);
    append_json_string(out, value);
  };
  out += '{';
  field(std::string{kind} + "_type", type);
  field(std::string{kind} + "_id", id);
  field("service_id", service_id);
  field("timestamp", timestamp);
  append_json_member(out, "payload");
  out += body;
  out += '}';
  return out;
}

} // namespace

std::string to_json(const command_request& x) {
  return render("command", x.command_type, x.command_id, x.service_id, x.timestamp, x.payload);
}

std::string to_json(const query_request& x) {
  return render("query", x.query_type, x.query_id, x.service_id, x.timestamp, x.payload);
}

caf::expected<command_request> parse_command_request(std::string_view text) {
  envelope_reader in{text, errc::malformed_request};
  command_request result;
  result.command_type = in.token("command_type");
  result.command_id = in.token("command_id");
  result.service_id = in.token("service_id");
  result.timestamp = in.timestamp("timestamp");
  result.payload = in.value("payload");
  if (in.error()) return in.error();
  return result;
}

caf::expected<query_request> parse_query_request(std::string_view text) {
  envelope_reader in{text, errc::malformed_request};
  query_request result;
  result.query_type = in.token("query_type");
  result.query_id = in.token("query_id");
  result.service_id = in.token("service_id");
  result.timestamp = in.timestamp("timestamp");
  result.payload = in.value("payload");
  if (in.error()) return in.error();
  return result;
}

} // namespace tidings
