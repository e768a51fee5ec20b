// SPDX-License-Identifier: MIT
#include "contracts/parameters.hpp"

#include "contracts/components.hpp"

namespace tidings::contracts {

namespace {

constexpr auto fixed = R"({
  "If-Match": { "name": "If-Match", "in": "header",
    "description": "The ETag that a query of the document gave: only if it still has this revision, else 412.",
    "schema": { "type": "string" } },
  "If-None-Match": { "name": "If-None-Match", "in": "header", "description": "ETags already known: 304 if it is one of them.",
    "schema": { "type": "string" } },
  "Idempotency-Key": { "name": "Idempotency-Key", "in": "header",
    "description": "Quoted or bare. The same key and body are the same command, with the same id and outcome.",
    "schema": { "type": "string", "maxLength": 257 } },
  "Tidings-Ttl-Ms": { "name": "Tidings-Ttl-Ms", "in": "header",
    "description": "Not handled within these milliseconds it is not executed; its outcome is failed, `expired`.",
    "schema": { "type": "integer", "minimum": 0, "maximum": 86400000 } },
  "Tidings-Delay-Ms": { "name": "Tidings-Delay-Ms", "in": "header", "description": "Makes the handler take this long; in a demo only.",
    "schema": { "type": "integer", "minimum": 0, "maximum": 60000 } },
  "traceparent": { "name": "traceparent", "in": "header", "description": "W3C Trace Context; travels with the command or query.",
    "schema": { "type": "string" } },
  "After-Command": { "name": "After-Command", "in": "header",
    "description": "A command's id: the answer waits (`Prefer: wait`, else 5 seconds) until its write is visible, else 504. With `; stale=allow` it is what there is, marked `Tidings-Stale`.",
    "schema": { "type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}(; *stale=allow)?$" } },
  "Last-Event-ID": { "name": "Last-Event-ID", "in": "header", "description": "Where to resume: the last `id` that came.",
    "schema": { "type": "string" } },
  "last_event_id": { "name": "last_event_id", "in": "query", "description": "The same for clients that cannot set headers, which count first.",
    "schema": { "type": "string" } },
  "ticket": { "name": "ticket", "in": "query", "description": "From `POST /events/ticket`; counts once, instead of a header or cookie.",
    "schema": { "type": "string" } }
})";

std::string seconds(std::chrono::milliseconds x) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(x).count()) + " s";
}

} // namespace

json common_parameters(const contract_settings& settings) {
  auto result = json::parse(fixed);
  result["Prefer"] = json{
      {"name", "Prefer"},
      {"in", "header"},
      {"description", "`wait=N` stays up to N seconds, at most " + seconds(settings.max_wait) + " (RFC 7240). A command without it waits " +
                          std::to_string(settings.default_wait.count()) + " ms."},
      {"schema", json{{"type", "string"}}},
      {"example", "wait=5"}};
  return result;
}

json parameters(std::initializer_list<std::string_view> names) {
  json result = json::array();
  for (auto name : names) result.push_back(ref("parameters", name));
  return result;
}

json command_parameters(const contract_settings& settings) {
  auto result = parameters({"Prefer", "Idempotency-Key", "If-Match", "Tidings-Ttl-Ms", "traceparent"});
  if (settings.demo) result.push_back(ref("parameters", "Tidings-Delay-Ms"));
  return result;
}

json query_parameters(bool versioned) {
  auto result = parameters({"After-Command", "Prefer"});
  // Only a service elsewhere is told of the trace.
  result.push_back(ref("parameters", versioned ? "If-None-Match" : "traceparent"));
  return result;
}

} // namespace tidings::contracts
