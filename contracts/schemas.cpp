// SPDX-License-Identifier: MIT
#include "contracts/schemas.hpp"

namespace tidings::contracts {

namespace {

// The envelopes of DESIGN.md. As in envelopes/, unknown members are ignored.
constexpr auto envelopes = R"({
  "Token": { "type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$" },
  "Timestamp": { "type": "string", "format": "date-time", "description": "RFC 3339." },
  "CommandEnvelope": {
    "type": "object", "description": "Command Request Envelope.",
    "required": ["command_type", "command_id", "service_id", "timestamp", "payload"],
    "properties": {
      "command_type": { "$ref": "#/components/schemas/Token" },
      "command_id": { "$ref": "#/components/schemas/Token" },
      "service_id": { "$ref": "#/components/schemas/Token" },
      "timestamp": { "$ref": "#/components/schemas/Timestamp" },
      "payload": {} } },
  "QueryEnvelope": {
    "type": "object", "description": "Query Request Envelope.",
    "required": ["query_type", "query_id", "service_id", "timestamp", "payload"],
    "properties": {
      "query_type": { "$ref": "#/components/schemas/Token" },
      "query_id": { "$ref": "#/components/schemas/Token" },
      "service_id": { "$ref": "#/components/schemas/Token" },
      "timestamp": { "$ref": "#/components/schemas/Timestamp" },
      "payload": {} } },
  "CommandResponse": {
    "type": "object", "description": "Command Response Envelope. `success` is null while the outcome is unknown.",
    "required": ["success", "command_id", "timestamp", "payload", "error"],
    "properties": {
      "success": { "type": ["boolean", "null"] },
      "command_id": { "type": "string" },
      "timestamp": { "$ref": "#/components/schemas/Timestamp" },
      "payload": {},
      "error": { "type": ["string", "null"], "description": "A sentence for a person." } } },
  "QueryResponse": {
    "type": "object", "description": "Query Response Envelope.",
    "required": ["success", "query_id", "timestamp", "payload", "error"],
    "properties": {
      "success": { "type": "boolean" },
      "query_id": { "type": "string" },
      "timestamp": { "$ref": "#/components/schemas/Timestamp" },
      "payload": {},
      "error": { "type": ["string", "null"] } } },
  "QueryAnswered": {
    "allOf": [{ "$ref": "#/components/schemas/QueryResponse" },
              { "properties": { "success": { "const": true }, "error": { "type": "null" } } }] },
  "QueryRefused": {
    "allOf": [{ "$ref": "#/components/schemas/QueryResponse" },
              { "properties": { "success": { "const": false }, "error": { "type": "string" } } }] },
  "Refusal": {
    "type": "object", "description": "A request over NATS that went no further, as a response envelope.",
    "required": ["success", "timestamp", "payload", "error", "code"],
    "properties": {
      "success": { "const": false },
      "command_id": { "type": "string", "description": "Empty when the request does not say." },
      "query_id": { "type": "string", "description": "Empty when the request does not say." },
      "timestamp": { "$ref": "#/components/schemas/Timestamp" },
      "payload": { "type": "null" },
      "error": { "type": "string" },
      "code": { "type": "string", "description": "A stable word." },
      "retry_after": { "type": "integer", "minimum": 1, "description": "Seconds after which it is worth trying again; where it is." },
      "errors": { "type": "array", "items": { "$ref": "#/components/schemas/FieldError" } } } }
})";

constexpr auto outcomes = R"({
  "Action": {
    "type": "object", "description": "What a client may do next, e.g. a redirect to the new resource.", "required": ["type", "data"],
    "properties": { "type": { "type": "string" }, "data": {} } },
  "Outcome": {
    "description": "What became of a command: the same document as response, status, event and NATS reply.",
    "allOf": [{ "$ref": "#/components/schemas/CommandResponse" },
      { "required": ["command_type", "status", "stage", "code", "key", "revision", "actions", "links"],
        "properties": {
          "command_id": { "$ref": "#/components/schemas/Token" },
          "command_type": { "$ref": "#/components/schemas/Token" },
          "status": { "enum": ["pending", "completed", "failed"] },
          "stage": { "enum": ["accepted", "handled", "projected"], "description": "How far it is known to have come." },
          "code": { "type": ["string", "null"], "description": "A stable word when failed." },
          "key": { "type": ["string", "null"], "description": "Of the document." },
          "revision": { "type": ["integer", "null"], "minimum": 1, "description": "Of the document's new version." },
          "actions": { "type": "array", "items": { "$ref": "#/components/schemas/Action" } },
          "links": { "type": "object", "required": ["self", "events"],
                     "properties": { "self": { "type": "string" }, "events": { "type": "string" } } } } }] },
  "PendingOutcome": {
    "description": "Not known yet: neither success nor failure.",
    "allOf": [{ "$ref": "#/components/schemas/Outcome" },
      { "properties": { "success": { "type": "null" }, "status": { "const": "pending" }, "payload": { "type": "null" },
                        "error": { "type": "null" }, "code": { "type": "null" }, "revision": { "type": "null" } } }] },
  "CompletedOutcome": {
    "allOf": [{ "$ref": "#/components/schemas/Outcome" },
      { "properties": { "success": { "const": true }, "status": { "const": "completed" }, "stage": { "const": "projected" },
                        "error": { "type": "null" }, "code": { "type": "null" }, "key": { "type": "string" },
                        "revision": { "type": "integer" } } }] },
  "FailedOutcome": {
    "allOf": [{ "$ref": "#/components/schemas/Outcome" },
      { "properties": { "success": { "const": false }, "status": { "const": "failed" }, "payload": { "type": "null" },
                        "error": { "type": "string" }, "code": { "type": "string" }, "revision": { "type": "null" } } }] },
  "Progress": {
    "type": "object", "description": "How far a handler says it is. Never an outcome.",
    "required": ["command_id", "command_type", "timestamp", "status", "progress"],
    "properties": {
      "command_id": { "$ref": "#/components/schemas/Token" },
      "command_type": { "$ref": "#/components/schemas/Token" },
      "timestamp": { "$ref": "#/components/schemas/Timestamp" },
      "status": { "const": "pending" },
      "progress": { "description": "Whatever the handler sent." } } },
  "FieldError": {
    "type": "object", "required": ["pointer", "message"],
    "properties": { "pointer": { "type": "string", "description": "JSON pointer into the body." }, "message": { "type": "string" } } },
  "Problem": {
    "type": "object", "description": "An error that is not an outcome (RFC 9457).",
    "required": ["type", "title", "status", "detail", "instance", "code", "errors", "trace_id"],
    "properties": {
      "type": { "type": "string", "pattern": "^urn:tidings:problem:" },
      "title": { "type": "string" },
      "status": { "type": "integer" },
      "detail": { "type": "string" },
      "instance": { "type": "string", "description": "The request's path." },
      "code": { "type": "string", "description": "A stable word." },
      "errors": { "type": "array", "items": { "$ref": "#/components/schemas/FieldError" } },
      "trace_id": { "type": ["string", "null"], "description": "From `traceparent`." } } }
})";

constexpr auto own_answers = R"({
  "Health": { "type": "object", "required": ["status"], "properties": { "status": { "const": "alive" } } },
  "Readiness": {
    "type": "object", "required": ["ready", "parts"],
    "properties": {
      "ready": { "type": "boolean" },
      "parts": { "type": "object", "additionalProperties": {
        "type": "object", "required": ["ready"],
        "properties": { "ready": { "type": "boolean" }, "detail": { "type": "string", "description": "Why not." } } } } } },
  "Ticket": { "type": "object", "required": ["ticket", "expires_in"],
    "properties": { "ticket": { "type": "string", "pattern": "^[0-9a-f]{32}$" }, "expires_in": { "description": "Seconds.", "type": "integer" } } },
  "Session": { "type": "object", "required": ["session"],
               "properties": { "session": { "type": "string", "pattern": "^[0-9a-f]{32}$", "description": "Secret like a password." } } },
  "Models": { "type": "object", "required": ["models", "demo"],
              "properties": { "models": { "type": "array", "items": { "type": "object" }, "description": "Model files as written." },
                              "demo": { "type": "boolean" } } },
  "Services": { "type": "object", "required": ["services", "truncated"],
                "properties": { "services": { "type": "array", "items": { "type": "object" }, "description": "What `$SRV.INFO` brought." },
                                "truncated": { "type": "boolean" } } },
  "Page": { "type": "object", "required": ["items", "next_cursor", "total"],
            "properties": { "items": { "type": "array", "items": {} },
                            "next_cursor": { "type": ["string", "null"], "description": "For the next page." },
                            "total": { "type": ["integer", "null"], "description": "Of all documents; null with a filter or a search." } } },
  "Gap": { "type": "object", "description": "Events were missed for good: fetch again what `refetch` names.",
           "required": ["reason", "last_event_id", "first_kept", "refetch"],
           "properties": { "reason": { "enum": ["unknown_position", "position_no_longer_kept"] },
                           "last_event_id": { "type": "string" },
                           "first_kept": { "type": "integer" },
                           "refetch": { "type": "array", "items": { "type": "string" } } } }
})";

} // namespace

const json& common_schemas() {
  static const auto all = [] {
    auto result = json::parse(envelopes);
    for (auto part : {outcomes, own_answers}) result.update(json::parse(part));
    return result;
  }();
  return all;
}

} // namespace tidings::contracts
