// SPDX-License-Identifier: MIT
#include "contracts/openapi.hpp"

#include <algorithm>

#include "contracts/operation.hpp"
#include "contracts/parameters.hpp"
#include "contracts/schemas.hpp"

namespace tidings {

namespace contracts {

json make_operation(openapi_draft& draft, operation_head head, json parameters, answers responses, access who) {
  if (head.description.empty()) head.description = head.summary + ".";
  json result = json{{"operationId", std::move(head.id)}, {"tags", json::array({std::move(head.tag)})}, {"summary", std::move(head.summary)},
                     {"description", std::move(head.description)}};
  if (draft.settings.tokens) {
    if (who != access::open) {
      result["security"] = json::array({json{{"token", json::array()}}, json{{"tokenCookie", json::array()}}});
      responses.problems({errc::unauthorized});
    }
  } else if (who == access::session_optional || who == access::session_required) {
    result["security"] = json::array({json{{"session", json::array()}}, json{{"sessionCookie", json::array()}}});
    if (who == access::session_optional) result["security"].insert(result["security"].begin(), json::object());
  }
  result["parameters"] = std::move(parameters);
  result["responses"] = with_framing_problems(responses).render(draft.pool);
  return result;
}

} // namespace contracts

namespace {

using namespace contracts;

constexpr auto frame = R"({
  "openapi": "3.1.0",
  "info": {
    "title": "Tidings",
    "version": "",
    "summary": "A command and query gateway for NATS.",
    "description": "Commands answer with their outcome, or with 202 when it is not known within the wait; it can be asked for later, and comes as an event. Errors that are not outcomes are problem documents (RFC 9457) with a stable `code`.\n\nWhat has GET takes HEAD too. OPTIONS on a path says which methods it takes; others are answered 405. A path that is not listed here is answered 404. A Host that is not served here is answered 421, a caller that asks too often, or holds too much at a time, 429, a page of another site that may not send requests 403. When all connections are in use, a new one is answered 503 without a body before its request is read.",
    "contact": { "name": "Tidings" },
    "license": { "name": "MIT", "identifier": "MIT" }
  },
  "servers": [{ "url": "/", "description": "Where this document comes from." }],
  "tags": [
    { "name": "commands", "description": "Commands that no model here declares." },
    { "name": "queries", "description": "Queries that no model here declares." },
    { "name": "outcomes", "description": "What became of commands." },
    { "name": "operation", "description": "For whoever runs Tidings." },
    { "name": "contracts", "description": "What Tidings says about itself." },
    { "name": "page", "description": "For people." }
  ]
})";

constexpr auto token_security = R"({
  "token": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "Of the issuer that this gateway trusts." },
  "tokenCookie": { "type": "apiKey", "in": "cookie", "name": "tidings_token", "description": "The same, for browsers." }
})";

constexpr auto security = R"({
  "session": { "type": "apiKey", "in": "header", "name": "Tidings-Session", "description": "From `POST /session`." },
  "sessionCookie": { "type": "apiKey", "in": "cookie", "name": "tidings_session", "description": "The same, for browsers." }
})";

void add_tags(json& tags, const catalog& models) {
  for (const auto& model : models.models()) {
    auto text = model->source.value("description", "Commands and queries of " + model->service.str() + ".");
    // A service may be called like one of our own tags.
    bool known = std::any_of(tags.begin(), tags.end(), [&](const json& x) { return x["name"] == model->service.str(); });
    if (!known) tags.push_back(json{{"name", model->service.str()}, {"description", std::move(text)}});
  }
}

} // namespace

json openapi(const catalog& models, const contract_settings& settings) {
  openapi_draft draft{models, settings, json::object(), json::object()};
  draft.pool["schemas"] = common_schemas();
  draft.pool["schemas"].update(model_schemas(models, dialect::v2020_12));
  draft.pool["parameters"] = common_parameters(settings);
  draft.pool["responses"] = json::object();
  add_command_operations(draft);
  add_query_operations(draft);
  add_resource_operations(draft);
  add_own_operations(draft);
  auto result = json::parse(frame);
  result["info"]["version"] = settings.version;
  add_tags(result["tags"], models);
  result["components"] = referenced(draft.paths, draft.pool);
  result["components"]["securitySchemes"] = json::parse(settings.tokens ? token_security : security);
  result["paths"] = std::move(draft.paths);
  return result;
}

} // namespace tidings
