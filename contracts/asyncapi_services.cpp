// SPDX-License-Identifier: MIT
#include "contracts/asyncapi_draft.hpp"

namespace tidings::contracts {

namespace {

constexpr std::string_view service_schemas = R"({
  "service.ping": { "type": "object", "description": "Who is there.", "required": ["type", "name", "id", "version", "metadata"],
    "properties": { "type": { "const": "io.nats.micro.v1.ping_response" }, "name": { "$ref": "#/components/schemas/Token" },
      "id": { "$ref": "#/components/schemas/Token" }, "version": { "type": "string" }, "metadata": { "type": "object" } } },
  "service.info": { "type": "object", "description": "What it does.", "required": ["type", "name", "id", "version", "description", "endpoints"],
    "properties": { "type": { "const": "io.nats.micro.v1.info_response" }, "name": { "$ref": "#/components/schemas/Token" },
      "id": { "$ref": "#/components/schemas/Token" }, "version": { "type": "string" }, "description": { "type": "string" },
      "metadata": { "type": "object" },
      "endpoints": { "type": "array", "items": { "type": "object", "required": ["name", "subject", "queue_group", "metadata"],
        "properties": { "name": { "type": "string" }, "subject": { "type": "string" }, "queue_group": { "type": "string" },
          "metadata": { "type": "object", "required": ["kind", "schema"],
            "properties": { "kind": { "enum": ["command", "query"] }, "schema": { "type": "string", "description": "The JSON Schema of its payload." } } } } } } } },
  "service.stats": { "type": "object", "description": "What it has done since it started.", "required": ["type", "name", "id", "version", "started", "endpoints"],
    "properties": { "type": { "const": "io.nats.micro.v1.stats_response" }, "name": { "$ref": "#/components/schemas/Token" },
      "id": { "$ref": "#/components/schemas/Token" }, "version": { "type": "string" }, "metadata": { "type": "object" },
      "started": { "type": "string", "format": "date-time" },
      "endpoints": { "type": "array", "items": { "type": "object",
        "required": ["name", "subject", "queue_group", "num_requests", "num_errors", "last_error", "processing_time", "average_processing_time"],
        "properties": { "name": { "type": "string" }, "subject": { "type": "string" }, "queue_group": { "type": "string" },
          "num_requests": { "type": "integer" }, "num_errors": { "type": "integer" }, "last_error": { "type": "string" },
          "processing_time": { "type": "integer", "description": "Nanoseconds." }, "average_processing_time": { "type": "integer" } } } } } }
})";

struct verb {
  std::string_view word, id, answers;
};

} // namespace

void add_services(asyncapi_draft& draft) {
  const auto schemas = json::parse(service_schemas);
  for (const auto& [name, schema] : schemas.items()) draft.pool["schemas"][name] = schema;
  draft.pool["messages"]["service-request"] =
      json{{"name", "service-request"}, {"summary", "Who is there, what does it do, what has it done? What the request holds is not looked at."}, {"payload", json::object()}};
  json names = json::array();
  for (const auto& model : draft.models.models()) names.push_back(model->service.str());
  for (auto& x : {verb{"PING", "ping", "Says that it is there."}, verb{"INFO", "info", "Says what it does."}, verb{"STATS", "stats", "Says what it has done."}}) {
    auto id = "services." + std::string{x.id};
    auto answered = "service." + std::string{x.id};
    draft.pool["messages"][answered] = json{{"name", answered}, {"summary", "Of each service one."}, {"payload", ref("schemas", answered)}};
    add_channel(draft, {id + ".reply", {}, "The reply subject of the request.", {answered}});
    // Everybody, all of a name, one instance.
    for (std::string to : {"", ".{name}", ".{name}.{id}"}) {
      auto channel = id + (to.empty() ? ".all" : to == ".{name}" ? ".name" : ".instance");
      add_channel(draft, {channel, "$SRV." + std::string{x.word} + to, "The services protocol (ADR-32).", {"service-request"}});
      add_use(draft, {channel, "receive", channel, std::string{x.answers}, id + ".reply"});
      if (!to.empty() && !names.empty()) draft.channels[channel]["parameters"]["name"]["enum"] = names;
    }
  }
  add_use(draft, {"services.discover", "send", "services.info.all", "Asks who is there, for `GET /services`.", "services.info.reply"});
}

} // namespace tidings::contracts
