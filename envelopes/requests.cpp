// SPDX-License-Identifier: MIT
#include "envelopes/requests.hpp"

#include "envelopes/envelope_reader.hpp"
#include "envelopes/json_text.hpp"

namespace tidings {

namespace {

/// @param type, id The names of these members, as they are written in front of their values.
template <class Request>
std::string render(const Request& x, std::string_view type, const std::string& type_value, std::string_view id, const std::string& id_value) {
  auto body = dump(x.payload);
  std::string out;
  out.reserve(body.size() + type_value.size() + id_value.size() + x.service_id.size() + x.timestamp.size() + 100);
  auto field = [&](std::string_view before, const std::string& value) {
    out += before;
    append_json_string(out, value);
  };
  field(type, type_value);
  field(id, id_value);
  field(R"(,"service_id":)", x.service_id);
  field(R"(,"timestamp":)", x.timestamp);
  out += R"(,"payload":)";
  out += body;
  out += '}';
  return out;
}

} // namespace

std::string to_json(const command_request& x) {
  return render(x, R"({"command_type":)", x.command_type, R"(,"command_id":)", x.command_id);
}

std::string to_json(const query_request& x) {
  return render(x, R"({"query_type":)", x.query_type, R"(,"query_id":)", x.query_id);
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
