// SPDX-License-Identifier: MIT
#include "contracts/asyncapi.hpp"

#include "contracts/asyncapi_draft.hpp"
#include "contracts/payload_schemas.hpp"
#include "contracts/schemas.hpp"
#include "envelopes/subjects.hpp"

namespace tidings {

namespace contracts {

namespace {

json parameter(std::string_view name) {
  if (name != "partition") return json{{"description", "1 to 64 characters of A-Z, a-z, 0-9, _ and -."}};
  json numbers = json::array();
  for (uint32_t i = 0; i < subjects::partitions; ++i) numbers.push_back(std::to_string(i));
  return json{{"description", "From the document's key: the same key always has the same."}, {"enum", std::move(numbers)}};
}

void add_parameters(json& channel, std::string_view address) {
  for (auto open = address.find('{'); open != std::string_view::npos; open = address.find('{', open + 1)) {
    auto name = address.substr(open + 1, address.find('}', open) - open - 1);
    channel["parameters"][std::string{name}] = parameter(name);
  }
}

json channel_ref(const std::string& id) { return json{{"$ref", "#/channels/" + id}}; }

/// A request's channel, and the one of its replies.
void add_pair(asyncapi_draft& draft, channel x, std::vector<std::string> replies) {
  auto back = channel{x.id + ".reply", {}, "The reply subject of the request.", std::move(replies)};
  add_channel(draft, x);
  add_channel(draft, back);
}

} // namespace

void add_channel(asyncapi_draft& draft, const channel& x) {
  auto& out = draft.channels[x.id] = json{{"address", x.address.empty() ? json(nullptr) : json(x.address)}, {"description", x.what}};
  for (const auto& name : x.messages) out["messages"][name] = ref("messages", name);
  add_parameters(out, x.address);
}

void add_use(asyncapi_draft& draft, const channel_use& x) {
  auto& out = draft.operations[x.id] = json{{"action", x.action}, {"channel", channel_ref(x.channel)}, {"summary", x.what}};
  if (!x.reply.empty()) out["reply"] = json{{"channel", channel_ref(x.reply)}};
  if (!x.queue.empty()) out["bindings"] = json{{"nats", json{{"queue", x.queue}}}};
}

void add_bus(asyncapi_draft& draft) {
  for (const auto& model : draft.models.models()) {
    const auto& group = model->service.str();
    for (const auto& [type, spec] : model->commands) {
      auto id = "commands." + type;
      add_pair(draft, {id, subjects::command_bus(spec.type), "Requests a command.", {type + ".command"}}, {type + ".outcome"});
      add_use(draft, {id, "receive", id, "Answers with the outcome, or at the deadline with a pending one.", id + ".reply", group});
      if (!spec.handler) continue;
      auto decides = "handlers." + type;
      add_pair(draft, {decides, spec.handler->subject, "A service in any language decides over the command.", {type + ".question"}},
               {type + ".verdict", "more-time"});
      add_use(draft, {decides, "send", decides, "Asks the handler; several times if it does not answer.", decides + ".reply"});
    }
    for (const auto& [type, spec] : model->queries) {
      auto id = "queries." + type;
      add_pair(draft, {id, subjects::query_bus(spec.type), "Requests an answer.", {type + ".query"}}, {type + ".answer"});
      add_use(draft, {id, "receive", id, "Answers from the copy in memory.", id + ".reply", group});
    }
  }
  add_pair(draft, {"forwarded.commands", "commands.{command_type}", "Commands that no model here declares.", {"command"}}, {"command-response"});
  add_use(draft, {"forwarded.commands", "send", "forwarded.commands", "Forwards a command to whoever answers its subject.", "forwarded.commands.reply"});
  add_pair(draft, {"forwarded.queries", "queries.{query_type}", "Queries that no model here declares.", {"query"}}, {"query-response"});
  add_use(draft, {"forwarded.queries", "send", "forwarded.queries", "Forwards a query to whoever answers its subject.", "forwarded.queries.reply"});
}

} // namespace contracts

json asyncapi(const catalog& models, const contract_settings& settings) {
  contracts::asyncapi_draft draft{models, json::object(), json::object(), json::object()};
  draft.pool["schemas"] = contracts::common_schemas();
  draft.pool["schemas"].update(contracts::model_schemas(models, contracts::dialect::draft_07));
  contracts::add_messages(draft);
  contracts::add_bus(draft);
  contracts::add_streams(draft);
  contracts::add_services(draft);
  json info = json{{"title", "Tidings"},
                   {"version", settings.version},
                   {"description", "What Tidings takes and sends over NATS. It can be discovered by the services protocol too (`$SRV.INFO`). "
                                   "The same over HTTP is described by `/openapi.json`."},
                   {"license", json{{"name", "MIT"}}}};
  json result = json{{"asyncapi", "3.0.0"}, {"info", std::move(info)}, {"defaultContentType", "application/json"}};
  result["components"] = contracts::referenced(draft.channels, draft.pool);
  result["channels"] = std::move(draft.channels);
  result["operations"] = std::move(draft.operations);
  return result;
}

} // namespace tidings
