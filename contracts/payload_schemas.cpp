// SPDX-License-Identifier: MIT
#include "contracts/payload_schemas.hpp"

#include <algorithm>

#include "contracts/components.hpp"

namespace tidings::contracts {

namespace {

/// Every document has its key. What else it has is decided by commands, handlers and older models, so nothing more is
/// promised.
json document_schema(const service_model& model) {
  json properties = json::object();
  properties[model.key] = ref("schemas", "Token");
  properties["created_at"] = json{{"description", "When it was made; RFC 3339 unless a client chose it."}};
  properties["updated_at"] = json{{"description", "When it was last changed by a merge."}};
  return json{{"type", "object"}, {"description", model.noun}, {"required", json::array({model.key})}, {"properties", std::move(properties)}};
}

json sort_words(const service_model& model) {
  json words = json::array();
  for (const auto& field : model.sortable) {
    words.push_back(field);
    words.push_back("-" + field);
  }
  return words;
}

/// What the effect itself asks of a query's payload (model/list_request.cpp, actors/read_model.cpp).
json effect_schema(const service_model& model, const query_spec& spec) {
  json properties = json::object();
  if (spec.effect == query_effect::get) {
    properties[model.key] = json{{"type", "string"}};
    return json{{"type", "object"}, {"required", json::array({model.key})}, {"properties", std::move(properties)}};
  }
  properties["limit"] = json{{"type", "integer"}, {"minimum", 1}, {"maximum", spec.max_limit}, {"default", spec.limit}};
  properties["sort"] = json{{"description", "A field, with - in front for descending."}, {"enum", sort_words(model)}};
  if (!spec.sort.empty()) properties["sort"]["default"] = spec.sort;
  properties["cursor"] = json{{"type", "string"}, {"description", "`next_cursor` of the page before."}};
  if (!spec.search.empty()) properties["q"] = json{{"type", "string"}, {"maxLength", 256}, {"description", "Is looked for in texts."}};
  for (const auto& field : spec.filters)
    properties[field] = json{{"type", json::array({"string", "number", "boolean", "null"})}, {"description", "Only documents that have this value."}};
  return json{{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
}

json answer_schema(const service_model& model, const command_spec& spec) {
  if (spec.effect == command_effect::remove) { // what is left is the key
    json properties = json::object();
    properties[model.key] = ref("schemas", "Token");
    return json{{"type", "object"}, {"required", json::array({model.key})}, {"properties", std::move(properties)}};
  }
  return ref("schemas", document_name(model));
}

json answer_schema(const service_model& model, const query_spec& spec) {
  auto document = ref("schemas", document_name(model));
  if (spec.effect == query_effect::get) return document;
  json items = json{{"properties", json{{"items", json{{"items", std::move(document)}}}}}};
  return json{{"allOf", json::array({ref("schemas", "Page"), std::move(items)})}};
}

template <class Spec>
json own_schema(const Spec& spec, dialect to) {
  return embed_schema(spec.schema, "#/components/schemas/" + payload_name(spec.type), to);
}

void add(json& out, const service_model& model, dialect to) {
  out[document_name(model)] = document_schema(model);
  for (const auto& [type, spec] : model.commands) {
    out[payload_name(spec.type)] = own_schema(spec, to);
    out[answer_name(spec.type)] = answer_schema(model, spec);
  }
  for (const auto& [type, spec] : model.queries) {
    auto payload = effect_schema(model, spec);
    // In a place of its own, so that references within the model's schema still start at its root.
    if (spec.schema != json(true)) {
      auto name = payload_name(spec.type) + ".model";
      out[name] = embed_schema(spec.schema, "#/components/schemas/" + name, to);
      payload = json{{"allOf", json::array({std::move(payload), ref("schemas", name)})}};
    }
    out[payload_name(spec.type)] = std::move(payload);
    out[answer_name(spec.type)] = answer_schema(model, spec);
  }
}

} // namespace

std::string payload_name(const token& type) { return type.str() + ".payload"; }

std::string answer_name(const token& type) { return type.str() + ".answer"; }

std::string document_name(const service_model& x) { return x.service.str() + ".document"; }

json model_schemas(const catalog& models, dialect to) {
  json result = json::object();
  for (const auto& model : models.models()) add(result, *model, to);
  return result;
}

json body_beside_path(const json& payload, const std::vector<std::string>& params) {
  if (!payload.is_object()) return payload;
  auto result = payload;
  if (auto i = result.find("required"); i != result.end()) {
    json left = json::array();
    for (const auto& name : *i)
      if (std::find(params.begin(), params.end(), name.get<std::string>()) == params.end()) left.push_back(name);
    if (left.empty()) result.erase("required");
    else *i = std::move(left);
  }
  if (auto i = result.find("minProperties"); i != result.end())
    *i = std::max<int64_t>(i->get<int64_t>() - static_cast<int64_t>(params.size()), 0);
  return result;
}

} // namespace tidings::contracts
