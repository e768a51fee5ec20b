// SPDX-License-Identifier: MIT
#include "contracts/asyncapi_draft.hpp"
#include "contracts/payload_schemas.hpp"

namespace tidings::contracts {

namespace {

// Headers of NATS messages (actors/headers.hpp), required ones first.
constexpr auto header_schemas = R"({
  "request": { "type": "object", "properties": {
    "traceparent": { "type": "string", "description": "W3C Trace Context." },
    "Tidings-Timeout-Ms": { "type": "string", "pattern": "^[0-9]+$", "description": "How long a request waits for its outcome; the reply is pending after that." } } },
  "handler-request": { "type": "object", "properties": { "traceparent": { "type": "string" } } },
  "stored": { "type": "object", "required": ["Nats-Msg-Id", "Tidings-Owner", "Tidings-Key"], "properties": {
    "Nats-Msg-Id": { "type": "string", "description": "The command id: the stream drops a second copy." },
    "Tidings-Owner": { "type": "string", "description": "Who may see the outcome." },
    "Tidings-Key": { "type": "string", "description": "The document's key." },
    "Tidings-Digest": { "type": "string", "description": "SHA-256 of type and payload, when the client chose the id." },
    "traceparent": { "type": "string" },
    "Tidings-Expected-Revision": { "type": "string", "description": "Of the document; else the command is rejected." },
    "Tidings-Expires": { "type": "string", "description": "Milliseconds since 1970; not executed after that." },
    "Tidings-Delay": { "type": "string", "description": "Milliseconds the handler takes; demo only." },
    "Tidings-Retry": { "type": "string", "pattern": "^[0-9]+$", "description": "Put back from DEAD_LETTERS, for the how manieth time." } } },
  "outcome": { "type": "object", "required": ["Tidings-Status"], "properties": {
    "Tidings-Status": { "enum": ["completed", "failed"] },
    "Tidings-Code": { "type": "string", "description": "Of a failed outcome." },
    "Tidings-Digest": { "type": "string", "description": "As on the command." },
    "Tidings-Timing": { "type": "string", "description": "Milliseconds from its delivery until it was handled, and until it was projected." },
    "Tidings-Retry": { "type": "string", "description": "As on the command." },
    "Nats-Expected-Last-Subject-Sequence": { "const": "0", "description": "A command has one outcome. Not on that of a retry." },
    "traceparent": { "type": "string" } } },
  "entry": { "type": "object", "required": ["Tidings-Command-Id", "Tidings-Position", "Nats-Expected-Last-Subject-Sequence"], "properties": {
    "Tidings-Command-Id": { "type": "string", "description": "Of the command that made it." },
    "Tidings-Position": { "type": "string", "pattern": "^[0-9]+[.][0-9]+$", "description": "Of that command: incarnation and sequence of the stream." },
    "Nats-Expected-Last-Subject-Sequence": { "type": "string", "description": "Compare-and-set on the key's revision." },
    "traceparent": { "type": "string" },
    "KV-Operation": { "const": "DEL", "description": "On a tombstone." } } },
  "dead-letter": { "type": "object", "required": ["Tidings-Reason", "Tidings-Attempts", "Tidings-Subject", "Tidings-Sequence", "Tidings-Time"], "properties": {
    "Tidings-Reason": { "type": "string" },
    "Tidings-Attempts": { "type": "string" },
    "Tidings-Subject": { "type": "string", "description": "Where it came from." },
    "Tidings-Sequence": { "type": "string", "description": "In COMMANDS." },
    "Tidings-Time": { "type": "string", "description": "When it was stored there." },
    "Tidings-Owner": { "type": "string", "description": "This and what follows: as on the command." },
    "Tidings-Key": { "type": "string" },
    "Tidings-Digest": { "type": "string" },
    "traceparent": { "type": "string" },
    "Tidings-Expected-Revision": { "type": "string" },
    "Tidings-Expires": { "type": "string" },
    "Tidings-Delay": { "type": "string" },
    "Tidings-Retry": { "type": "string" } } },
  "more-time": { "type": "object", "required": ["Tidings-Extend-Ms"], "properties": {
    "Tidings-Extend-Ms": { "type": "string", "pattern": "^[0-9]+$", "description": "The deadline is so many milliseconds from now." } } }
})";

json refined(std::string_view base, json properties) {
  json detail = json{{"properties", std::move(properties)}};
  return json{{"allOf", json::array({ref("schemas", base), std::move(detail)})}};
}

/// @param headers Name of a header schema; empty: none are told.
void add(asyncapi_draft& draft, const std::string& name, std::string_view what, json payload, std::string_view headers) {
  json message = json{{"name", name}, {"summary", what}, {"payload", std::move(payload)}};
  if (!headers.empty()) message["headers"] = ref("schemas", "headers." + std::string{headers});
  draft.pool["messages"][name] = std::move(message);
}

void add_command(asyncapi_draft& draft, const command_spec& spec) {
  const auto& type = spec.type.str();
  json is_type = json{{"const", type}};
  auto envelope = refined("CommandEnvelope", json{{"command_type", is_type}, {"payload", ref("schemas", payload_name(spec.type))}});
  add(draft, type + ".command", "A wish to change state.", envelope, "request");
  add(draft, type + ".stored", "The command as the stream keeps it.", envelope, "stored");
  auto known = refined("Outcome", json{{"command_type", is_type}, {"payload", json{{"anyOf", json::array({ref("schemas", answer_name(spec.type)), json{{"type", "null"}}})}}}});
  add(draft, type + ".outcome", "What became of it, or why it went no further.",
      json{{"anyOf", json::array({std::move(known), ref("schemas", "Refusal")})}}, {});
  if (!spec.handler) return;
  json state = json{{"type", json::array({"object", "null"})}, {"description", "The current document."}};
  json asked = json{{"required", json::array({"state"})}, {"properties", json{{"state", std::move(state)}}}};
  add(draft, type + ".question", "May this happen, and what is the document then?",
      json{{"allOf", json::array({std::move(envelope), std::move(asked)})}}, "handler-request");
  json yes = json{{"properties", json{{"success", json{{"type", "boolean"}}}, {"code", json{{"type", "string"}, {"description", "Of a rejection."}}}}}};
  add(draft, type + ".verdict", "The new document, or an error that rejects.",
      json{{"allOf", json::array({ref("schemas", "CommandResponse"), std::move(yes)})}}, {});
}

void add_query(asyncapi_draft& draft, const query_spec& spec) {
  const auto& type = spec.type.str();
  add(draft, type + ".query", "A question.",
      refined("QueryEnvelope", json{{"query_type", json{{"const", type}}}, {"payload", ref("schemas", payload_name(spec.type))}}), "request");
  auto answered = refined("QueryAnswered", json{{"payload", ref("schemas", answer_name(spec.type))}});
  add(draft, type + ".answer", "The answer, or why there is none.",
      json{{"anyOf", json::array({std::move(answered), ref("schemas", "Refusal")})}}, {});
}

} // namespace

void add_messages(asyncapi_draft& draft) {
  const auto headers = json::parse(header_schemas);
  for (const auto& [name, schema] : headers.items()) draft.pool["schemas"]["headers." + name] = schema;
  for (const auto& model : draft.models.models()) {
    for (const auto& [type, spec] : model->commands) add_command(draft, spec);
    for (const auto& [type, spec] : model->queries) add_query(draft, spec);
    add(draft, document_name(*model), "A document's new version.", ref("schemas", document_name(*model)), "entry");
  }
  add(draft, "outcome", "What became of a command.", ref("schemas", "Outcome"), "outcome");
  add(draft, "dead-letter", "What was given up: the command's envelope, or bytes that are none.", json::object(), "dead-letter");
  add(draft, "tombstone", "The document is gone. The message is empty.", json::object(), "entry");
  add(draft, "more-time", "A handler needs longer. The message is empty, or says how far the handler is.",
      json::parse(R"({ "anyOf": [{ "const": "" }, { "type": "object", "required": ["progress"], "properties": { "progress": {} } }] })"), "more-time");
  add(draft, "progress", "How far a handler is with a command.", ref("schemas", "Progress"), {});
  add(draft, "command", "A command of a service elsewhere.", ref("schemas", "CommandEnvelope"), "handler-request");
  add(draft, "command-response", "Its answer.", ref("schemas", "CommandResponse"), {});
  add(draft, "query", "A query of a service elsewhere.", ref("schemas", "QueryEnvelope"), "handler-request");
  add(draft, "query-response", "Its answer.", ref("schemas", "QueryResponse"), {});
}

} // namespace tidings::contracts
