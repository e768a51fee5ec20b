// SPDX-License-Identifier: MIT
#include <algorithm>

#include "contracts/operation.hpp"
#include "contracts/parameters.hpp"

namespace tidings::contracts {

namespace {

constexpr std::string_view json_type = "application/json";
constexpr std::string_view events_type = "text/event-stream";

bool is_in(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

json response_around(json payload) {
  json detail = json{{"properties", json{{"payload", std::move(payload)}}}};
  return json{{"allOf", json::array({ref("schemas", "QueryAnswered"), std::move(detail)})}};
}

json live(json answered) {
  return json{{"type", "string"},
              {"description", "Server-Sent Events `result`: the answer now, and a new one at each change."},
              {"x-events", json{{"result", json{{"anyOf", json::array({std::move(answered), ref("schemas", "QueryRefused")})}}}}}};
}

/// The members of `payload` as parameters of the target; all values travel as text.
/// @param schemas What its parts may refer to.
void add_parameters(json& out, const json& payload, const json& schemas, const std::vector<std::string>& given) {
  constexpr std::string_view root = "#/components/schemas/";
  if (auto i = payload.find("$ref"); i != payload.end()) {
    auto& target = i->get_ref<const std::string&>();
    auto known = target.starts_with(root) ? schemas.find(target.substr(root.size())) : schemas.end();
    if (known != schemas.end()) add_parameters(out, *known, schemas, given);
  }
  if (auto i = payload.find("allOf"); i != payload.end())
    for (const auto& part : *i)
      if (part.is_object()) add_parameters(out, part, schemas, given);
  auto properties = payload.find("properties");
  if (properties == payload.end()) return;
  for (const auto& [name, schema] : properties->items()) {
    auto known = std::any_of(out.begin(), out.end(), [&](const json& x) { return x.value("name", "") == name; });
    if (known || is_in(given, name)) continue;
    auto what = schema.is_object() && schema.contains("description") ? schema["description"] : json("The payload's `" + name + "`.");
    json parameter = json{{"name", name}, {"in", "query"}, {"description", std::move(what)}, {"schema", schema}};
    if (auto i = payload.find("required"); i != payload.end() && std::find(i->begin(), i->end(), name) != i->end())
      parameter["required"] = true;
    out.push_back(std::move(parameter));
  }
}

/// Whether a payload that a client sends this way can break its schema at all.
bool may_violate(const service_model& model, const query_spec& spec, const query_way& way) {
  return way.method != "GET" || spec.effect == query_effect::list || spec.schema != json(true) || !is_in(way.params, model.key);
}

/// A type that no model declares: whoever answers `queries.{Type}` decides what comes back.
json forwarded(openapi_draft& draft, const std::string& method) {
  answers out;
  out.body(200, "The answer.", json_type, ref("schemas", "QueryResponse"), {"Cache-Control"})
      .body(422, "Refused by the service.", json_type, ref("schemas", "QueryRefused"), {"Cache-Control"})
      .problems({errc::invalid_token, errc::not_found, errc::bad_reply, errc::subject_captured, errc::no_handler, errc::overloaded,
                 errc::unavailable, errc::handler_timeout, errc::not_visible_yet, errc::not_acceptable});
  if (draft.settings.limits_waits) out.problems({errc::too_many_requests});
  auto result = make_operation(draft,
                               {"tidings.forward-query-" + method, "queries", "A query of a service elsewhere",
                                "A type that no model declares is forwarded as a request to `queries.{name}`; its answer cannot be followed as a stream."},
                               query_parameters(false), std::move(out), access::session_optional);
  result["parameters"].insert(result["parameters"].begin(), json::parse(R"({ "name": "name", "in": "path", "required": true,
    "description": "The query type.", "schema": { "$ref": "#/components/schemas/Token" } })"));
  if (method == "post") result["requestBody"] = json_body(json::object(), true);
  else
    result["parameters"].push_back(json::parse(R"({ "name": "payload", "in": "query", "style": "form", "explode": true,
      "description": "Each parameter is a member of the payload.",
      "schema": { "type": "object", "additionalProperties": { "type": "string" } } })"));
  return result;
}

} // namespace

std::string about(const service_model& model, const query_spec& spec) {
  auto& declared = model.source["queries"][spec.type.str()];
  return declared.value("description", spec.effect == query_effect::get ? "One document." : "Documents, page by page.");
}

json query_operation(openapi_draft& draft, const service_model& model, const query_spec& spec, operation_head head, const query_way& way) {
  answers out;
  auto answered = response_around(ref("schemas", answer_name(spec.type)));
  out.body(200, "The answer.", json_type, answered, {"ETag?", "Cache-Control", "Tidings-Stale?"})
      .body(200, "With `Accept: text/event-stream` as events.", events_type, live(answered), {"Cache-Control", "X-Accel-Buffering?"})
      .no_body(304, "Not changed: `If-None-Match` names this revision.", {"ETag", "Cache-Control", "Tidings-Stale?"})
      .problems({errc::invalid_token, errc::not_found, errc::unavailable, errc::overloaded, errc::not_visible_yet});
  if (may_violate(model, spec, way)) out.problems({errc::schema_violation});
  if (!spec.allow.empty()) out.problems({errc::forbidden});
  // A query waits with After-Command, and lives as a stream.
  if (draft.settings.limits_waits || draft.settings.limits_live_queries) out.problems({errc::too_many_requests});
  auto result = make_operation(draft, std::move(head), query_parameters(true), std::move(out), access::session_optional);
  auto payload = draft.pool["schemas"][payload_name(spec.type)];
  if (way.method == "GET") add_parameters(result["parameters"], payload, draft.pool["schemas"], way.params);
  else if (way.params.empty()) result["requestBody"] = json_body(ref("schemas", payload_name(spec.type)), true);
  else result["requestBody"] = json_body(body_beside_path(payload, way.params), false);
  return result;
}

void add_query_operations(openapi_draft& draft) {
  for (const auto& model : draft.models.models())
    for (const auto& [type, spec] : model->queries)
      for (std::string method : {"get", "post"}) {
        operation_head head{type + "." + method, model->service.str(), type, about(*model, spec)};
        query_way way{method == "get" ? "GET" : "POST", {}};
        draft.paths["/queries/" + type][method] = query_operation(draft, *model, spec, std::move(head), way);
      }
  for (std::string method : {"get", "post"}) draft.paths["/queries/{name}"][method] = forwarded(draft, method);
}

} // namespace tidings::contracts
