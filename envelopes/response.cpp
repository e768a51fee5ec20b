// SPDX-License-Identifier: MIT
#include "envelopes/response.hpp"

#include "envelopes/envelope_reader.hpp"
#include "envelopes/json_text.hpp"

namespace tidings {

namespace {

std::string render(std::string_view success, std::string_view id_field, std::string_view id, std::string_view timestamp,
                   std::string_view payload, const std::optional<std::string>& error) {
  std::string out;
  out.reserve(payload.size() + id.size() + timestamp.size() + 100);
  out += '{';
  append_json_member(out, "success");
  out += success;
  append_json_member(out, id_field);
  append_json_string(out, id);
  append_json_member(out, "timestamp");
  append_json_string(out, timestamp);
  append_json_member(out, "payload");
  out += payload;
  append_json_member(out, "error");
  if (error)
    append_json_string(out, *error);
  else
    out += "null";
  out += '}';
  return out;
}

} // namespace

std::string to_json(const response& x) {
  return render(!x.success   ? "null"
                : *x.success ? "true"
                             : "false",
                x.id_field, x.id, x.timestamp, dump(x.payload), x.error);
}

std::string render_query_response(std::string_view query_id, std::string_view timestamp,
                                  std::string_view payload_json) {
  return render("true", "query_id", query_id, timestamp, payload_json, std::nullopt);
}

caf::expected<response> parse_response(std::string_view text) {
  envelope_reader in{text, errc::bad_reply};
  response result;
  result.success = in.maybe_bool("success");
  result.id_field = in.has("query_id") ? "query_id" : "command_id";
  result.id = in.text(result.id_field);
  result.timestamp = in.timestamp("timestamp");
  // Serialisers in many languages leave out what is null, so only the half that matters must be there.
  auto succeeded = result.success.value_or(false);
  auto failed = !result.success.value_or(true);
  result.payload = succeeded ? in.value("payload") : in.maybe_value("payload");
  result.error = in.maybe_text("error");
  if (failed && !result.error) in.refuse("error");
  if (in.error()) return in.error();
  return result;
}

} // namespace tidings
