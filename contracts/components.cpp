// SPDX-License-Identifier: MIT
#include "contracts/components.hpp"

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace tidings::contracts {

namespace {

constexpr std::string_view root = "#/components/";

/// All references in `node`, also in what it holds.
void collect(const json& node, std::vector<std::string>& out) {
  if (node.is_object())
    if (auto i = node.find("$ref"); i != node.end() && i->is_string()) out.push_back(i->get<std::string>());
  if (node.is_structured())
    for (const auto& inner : node) collect(inner, out);
}

} // namespace

json ref(std::string_view kind, std::string_view name) {
  auto target = std::string{root}.append(kind).append("/").append(name);
  return json{{"$ref", std::move(target)}};
}

json referenced(const json& document, const component_pool& pool) {
  json result = json::object();
  std::vector<std::string> open;
  collect(document, open);
  while (!open.empty()) {
    auto target = std::move(open.back());
    open.pop_back();
    if (!target.starts_with(root)) continue; // within the document's own parts
    auto kind = target.substr(root.size(), target.find('/', root.size()) - root.size());
    auto name = target.substr(root.size() + kind.size() + 1);
    name.resize(std::min(name.find('/'), name.size())); // the rest points into the component
    if (result.contains(kind) && result[kind].contains(name)) continue;
    if (!pool.contains(kind) || !pool[kind].contains(name)) throw std::logic_error{"a contract refers to " + target + ", which is nowhere"};
    auto& component = result[kind][name] = pool[kind][name];
    collect(component, open);
  }
  return result;
}

} // namespace tidings::contracts
