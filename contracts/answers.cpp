// SPDX-License-Identifier: MIT
#include "contracts/answers.hpp"

#include <algorithm>
#include <stdexcept>

namespace tidings::contracts {

namespace {

/// Response headers, as clients see them.
const json& header_table() {
  static const auto table = json::parse(R"({
    "Cache-Control": { "description": "Who may keep the answer.", "schema": { "type": "string" } },
    "Content-Security-Policy": { "description": "What the page may load.", "schema": { "type": "string" } },
    "ETag": { "description": "Names this version; for a document its revision.", "schema": { "type": "string", "pattern": "^\"[!#-~]+\"$" } },
    "Location": { "description": "Where to ask for the outcome.", "schema": { "type": "string", "pattern": "^/commands/" } },
    "Preference-Applied": { "description": "The wait that counted: `Prefer: wait`, capped.", "schema": { "type": "string", "pattern": "^wait=[0-9]+$" } },
    "Referrer-Policy": { "description": "Other sites are not told about the page.", "schema": { "type": "string" } },
    "Retry-After": { "description": "Seconds after which it is worth asking again.", "schema": { "type": "string", "pattern": "^[0-9]+$" } },
    "Server-Timing": { "description": "Milliseconds until it was accepted, handled, projected, and until its outcome; in a status since it was stored.", "schema": { "type": "string" } },
    "Set-Cookie": { "description": "The session, for browsers.", "schema": { "type": "string", "pattern": "^tidings_session=" } },
    "Tidings-Stale": { "description": "The write that was waited for is not in the answer.", "schema": { "const": "true" } },
    "X-Accel-Buffering": { "description": "Tells a proxy to pass events on at once.", "schema": { "const": "no" } },
    "X-Content-Type-Options": { "description": "The media type counts.", "schema": { "const": "nosniff" } }
  })");
  return table;
}

void add_header(json& response, std::string_view name) {
  bool required = !name.ends_with('?');
  if (!required) name.remove_suffix(1);
  auto header = header_table().at(std::string{name});
  if (required) header["required"] = true;
  response["headers"][std::string{name}] = std::move(header);
}

} // namespace

answers& answers::body(uint16_t status, std::string_view what, std::string_view media_type, json schema, header_names headers) {
  no_body(status, what, headers);
  responses_[status]["content"][std::string{media_type}] = json{{"schema", std::move(schema)}};
  return *this;
}

answers& answers::no_body(uint16_t status, std::string_view what, header_names headers) {
  auto& response = responses_[status];
  auto known = response.contains("description") ? response["description"].get<std::string>() + " " : std::string{};
  response["description"] = known.append(what);
  for (auto name : headers) add_header(response, name);
  return *this;
}

answers& answers::problems(std::initializer_list<errc> codes) {
  for (auto code : codes) {
    auto& known = problems_[http_status_of(code)];
    if (std::find(known.begin(), known.end(), code) == known.end()) known.push_back(code);
  }
  return *this;
}

json answers::problem(uint16_t status, const std::vector<errc>& codes) const {
  std::string what;
  json names = json::array();
  for (auto code : codes) {
    what += (what.empty() ? "" : "; ") + std::string{title_of(code)} + " (`" + std::string{to_string(code)} + "`)";
    names.push_back(to_string(code));
  }
  json detail = json{{"properties", json{{"status", json{{"const", status}}}, {"code", json{{"enum", std::move(names)}}}}}};
  json schema = json{{"allOf", json::array({ref("schemas", "Problem"), std::move(detail)})}};
  json response = json{{"description", what + "."}, {"content", json{{"application/problem+json", json{{"schema", std::move(schema)}}}}}};
  add_header(response, "Cache-Control");
  if (worth_retrying(codes.front())) add_header(response, "Retry-After");
  if (std::find(codes.begin(), codes.end(), errc::outcome_unknown) != codes.end()) add_header(response, "Location?");
  return response;
}

json answers::render(component_pool& pool) const {
  auto all = responses_;
  for (const auto& [status, codes] : problems_) {
    auto told = problem(status, codes);
    if (auto i = all.find(status); i != all.end()) {
      auto& response = i->second;
      response["description"] = response["description"].get<std::string>() + " Or: " + told["description"].get<std::string>();
      response["content"].update(told["content"]);
      continue;
    }
    auto name = std::to_string(status);
    for (auto code : codes) name.append(".").append(to_string(code));
    pool["responses"][name] = std::move(told);
    all[status] = ref("responses", name);
  }
  json result = json::object();
  for (auto& [status, response] : all) result[std::to_string(status)] = std::move(response);
  return result;
}

answers& with_framing_problems(answers& out) {
  return out.problems({errc::malformed_request, errc::request_timeout, errc::payload_too_large, errc::uri_too_long,
                       errc::unsupported_media_type, errc::expectation_failed, errc::head_too_large, errc::version_not_supported});
}

} // namespace tidings::contracts
