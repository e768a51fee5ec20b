// SPDX-License-Identifier: MIT
#include "model/catalog.hpp"

#include <set>

#include "envelopes/errc.hpp"
#include "model/route_path.hpp"

namespace tidings {

namespace {

caf::error clash(const service_model& a, const service_model& b, const std::string& what) {
  return make_error(errc::bad_model, "The models of the services " + a.service.str() + " and " + b.service.str() +
                                         " both declare " + what + "; one of them must change");
}

std::string describe(const route_spec& route) {
  auto result = "the route " + route.method + " ";
  for (const auto& segment : route.segments)
    result += "/" + segment;
  return result;
}

bool answers(const route_spec& route, std::string_view method) {
  return route.method == method || (method == "HEAD" && route.method == "GET");
}

} // namespace

caf::expected<std::shared_ptr<const catalog>> catalog::make(std::vector<model_ptr> models) {
  auto result = std::make_shared<catalog>();
  for (const auto& model : models)
    if (auto error = result->add(model)) return error;
  return std::shared_ptr<const catalog>{std::move(result)};
}

caf::error catalog::add(const model_ptr& model) {
  for (const auto& other : models_) {
    if (other->service == model->service) return clash(*other, *model, "the service " + model->service.str());
    if (other->bucket == model->bucket) return clash(*other, *model, "the bucket " + model->bucket.str());
    for (const auto& a : other->routes)
      for (const auto& b : model->routes)
        if (a.method == b.method && same_shape(a.segments, b.segments)) return clash(*other, *model, describe(b));
  }
  for (const auto& [type, spec] : model->commands) {
    auto [it, is_new] = commands_.try_emplace(type, command_entry{model, &spec});
    if (!is_new) return clash(*it->second.model, *model, "the command " + type);
  }
  for (const auto& [type, spec] : model->queries) {
    auto [it, is_new] = queries_.try_emplace(type, query_entry{model, &spec});
    if (!is_new) return clash(*it->second.model, *model, "the query " + type);
  }
  for (const auto& route : model->routes)
    routes_[route.segments.front()].push_back(&route);
  models_.push_back(model);
  return {};
}

catalog::command_entry catalog::find_command(std::string_view type) const {
  auto it = commands_.find(type);
  return it != commands_.end() ? it->second : command_entry{nullptr, nullptr};
}

catalog::query_entry catalog::find_query(std::string_view type) const {
  auto it = queries_.find(type);
  return it != queries_.end() ? it->second : query_entry{nullptr, nullptr};
}

std::variant<catalog::route_match, catalog::wrong_method, catalog::no_route>
catalog::match(std::string_view method, std::string_view path) const {
  auto segments = split_path(path);
  if (!segments) return no_route{};
  auto candidates = routes_.find(segments->front());
  if (candidates == routes_.end()) return no_route{};
  const route_spec* best = nullptr;
  uint32_t best_fit = 0;
  std::set<std::string_view> methods;
  for (const auto* route : candidates->second) {
    auto fit = fit_of(route->segments, *segments);
    if (fit == 0) continue;
    methods.insert(route->method);
    if (route->method == "GET") methods.insert("HEAD");
    if (fit > best_fit && answers(*route, method)) {
      best = route;
      best_fit = fit;
    }
  }
  if (best == nullptr) {
    if (methods.empty()) return no_route{};
    std::string allow;
    for (auto name : methods) {
      if (!allow.empty()) allow += ", ";
      allow += name;
    }
    return wrong_method{std::move(allow)};
  }
  route_match result{best, json(json::value_t::object)};
  for (size_t i = 0; i < segments->size(); ++i)
    if (is_parameter(best->segments[i]))
      result.params.emplace(parameter_name(best->segments[i]), std::move((*segments)[i]));
  return result;
}

} // namespace tidings
