// SPDX-License-Identifier: MIT
#include "actors/request_payload.hpp"

#include "envelopes/errc.hpp"
#include "envelopes/utf8.hpp"
#include "net/media_type.hpp"

namespace tidings {

caf::expected<json> read_payload(const net::http_request& request, const json& params, bool needs_body) {
  json payload = json::object();
  if (!request.body.empty()) {
    if (!net::is_json(request.header("content-type")))
      return make_error(errc::unsupported_media_type, "the body must be JSON: send Content-Type: application/json");
    auto parsed = parse_json(request.body);
    if (!parsed) return parsed.error();
    payload = std::move(*parsed);
  } else if (needs_body) {
    // A form post with an empty body must not pass for JSON either.
    if (!net::is_json(request.header("content-type")))
      return make_error(errc::unsupported_media_type, "the body must be JSON: send Content-Type: application/json");
    return make_error(errc::malformed_request, "expected a JSON body");
  }
  if (params.empty()) return payload;
  if (!payload.is_object())
    return make_error(errc::schema_violation, failure{"expected a JSON object", {{"", "must be an object"}}});
  for (auto& [name, value] : params.items()) {
    auto i = payload.find(name);
    if (i == payload.end()) payload[name] = value;
    else if (*i != value)
      return make_error(errc::schema_violation, failure{"the body and the path disagree", {{"/" + name, "is not what the path says"}}});
  }
  return payload;
}

caf::expected<json> read_parameters(const net::http_request& request, const json& params) {
  json payload = json::object();
  for (auto& [name, value] : net::parse_query_string(request.query)) {
    // Percent escapes can make any bytes; the strict parser decides about the rest.
    if (!is_utf8(name) || !is_utf8(value)) return make_error(errc::malformed_request, "a parameter is not UTF-8");
    if (payload.contains(name)) return make_error(errc::malformed_request, "the parameter " + name + " is given twice");
    payload[name] = value;
  }
  for (auto& [name, value] : params.items()) payload[name] = value;
  return parse_json(payload.dump());
}

} // namespace tidings
