// SPDX-License-Identifier: MIT
#include <map>

#include "contracts/operation.hpp"
#include "model/route_path.hpp"

namespace tidings::contracts {

namespace {

std::vector<std::string> params_of(const route_spec& route) {
  std::vector<std::string> result;
  for (const auto& segment : route.segments)
    if (is_parameter(segment)) result.emplace_back(parameter_name(segment));
  return result;
}

std::string text_of(const std::vector<std::string>& segments) {
  std::string result;
  for (const auto& segment : segments) result.append("/").append(segment);
  return result;
}

/// OpenAPI takes paths that differ in parameters' names only for the same: the first route's names stand for all.
const std::vector<std::string>& first_of_shape(const catalog& models, const route_spec& route) {
  for (const auto& model : models.models())
    for (const auto& other : model->routes)
      if (same_shape(other.segments, route.segments)) return other.segments;
  return route.segments;
}

/// @param path The names that the document uses.
/// @param params The members of the payload that they are, in the same order.
json path_parameters(const std::vector<std::string>& path, const std::vector<std::string>& params, const json& payload) {
  json result = json::array();
  size_t i = 0;
  for (const auto& segment : path) {
    if (!is_parameter(segment)) continue;
    const auto& member = params[i++];
    auto at = json::json_pointer{} / "properties" / member;
    result.push_back(json{{"name", parameter_name(segment)},
                          {"in", "path"},
                          {"required", true},
                          {"description", "The payload's `" + member + "`."},
                          {"schema", payload.is_object() && payload.contains(at) ? payload.at(at) : json{{"type", "string"}}}});
  }
  return result;
}

std::string lower(std::string text) {
  for (auto& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

json operation_of(openapi_draft& draft, const service_model& model, const route_spec& route, std::string id) {
  auto params = params_of(route);
  operation_head head{std::move(id), model.service.str(), route.type.str() + " by its resource", {}};
  if (!route.is_command) {
    auto& spec = model.queries.at(route.type.str());
    head.description = about(model, spec);
    return query_operation(draft, model, spec, std::move(head), {route.method, params});
  }
  auto& spec = model.commands.at(route.type.str());
  head.description = about(model, spec);
  json body;
  // A body of DELETE has no meaning to HTTP (RFC 9110, 9.3.5), and the path says all there is to say.
  if (route.method != "DELETE")
    body = json_body(params.empty() ? ref("schemas", payload_name(route.type))
                                    : body_beside_path(draft.pool["schemas"][payload_name(route.type)], params),
                     params.empty());
  return command_operation(draft, model, spec, std::move(head), std::move(body));
}

} // namespace

void add_resource_operations(openapi_draft& draft) {
  for (const auto& model : draft.models.models()) {
    std::map<std::string, int> used;
    for (const auto& route : model->routes) {
      auto number = ++used[route.type.str()];
      auto id = route.type.str() + ".route" + (number > 1 ? std::to_string(number) : "");
      auto operation = operation_of(draft, *model, route, std::move(id));
      auto& path = first_of_shape(draft.models, route);
      auto own = path_parameters(path, params_of(route), draft.pool["schemas"][payload_name(route.type)]);
      auto& parameters = operation["parameters"];
      parameters.insert(parameters.begin(), own.begin(), own.end());
      draft.paths[text_of(path)][lower(route.method)] = std::move(operation);
    }
  }
}

} // namespace tidings::contracts
