// SPDX-License-Identifier: MIT
#include "contracts/schema_dialect.hpp"

#include <algorithm>
#include <array>

namespace tidings::contracts {

namespace {

constexpr auto schema_maps = std::array<std::string_view, 3>{"properties", "patternProperties", "definitions"};
constexpr auto schema_lists = std::array<std::string_view, 3>{"allOf", "anyOf", "oneOf"};
constexpr auto schemas = std::array<std::string_view, 8>{"not",      "if",    "then",          "else", "additionalProperties",
                                                         "contains", "items", "propertyNames"};

template <class List>
bool is_in(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

class embedder {
public:
  embedder(const json& root, std::string_view base, dialect to) : root_{root}, base_{base}, to_{to} {}

  json schema(const json& node) const {
    if (!node.is_object()) return node; // true or false
    // Draft-07 (section 8.3) ignores what stands beside $ref; 2020-12 does not.
    if (auto i = node.find("$ref"); i != node.end()) return {{"$ref", reference(i->get<std::string>())}};
    json result = json::object();
    for (const auto& [name, value] : node.items()) add(result, node, name, value);
    return result;
  }

private:
  void add(json& out, const json& node, const std::string& name, const json& value) const {
    bool newer = to_ == dialect::v2020_12;
    if (name == "$schema" || name == "$id") return; // the document says which dialect and where
    if (name == "items" && value.is_array()) {
      out[newer ? "prefixItems" : "items"] = list(value);
    } else if (name == "additionalItems") {
      // Without a list of items it says nothing (draft-07 validation, 6.4.2); its new name would.
      if (!newer) out[name] = schema(value);
      else if (auto i = node.find("items"); i != node.end() && i->is_array()) out["items"] = schema(value);
    } else if (name == "dependencies") {
      dependencies(out, value);
    } else if (is_in(schema_maps, name)) {
      out[name] = map(value);
    } else if (is_in(schema_lists, name)) {
      out[name] = list(value);
    } else if (is_in(schemas, name)) {
      out[name] = schema(value);
    } else {
      out[name] = value;
    }
  }

  void dependencies(json& out, const json& value) const {
    for (const auto& [name, rule] : value.items()) {
      auto keyword = to_ == dialect::draft_07 ? "dependencies" : rule.is_array() ? "dependentRequired" : "dependentSchemas";
      out[keyword][name] = rule.is_array() ? rule : schema(rule);
    }
  }

  json map(const json& from) const {
    json result = json::object();
    for (const auto& [name, inner] : from.items()) result[name] = schema(inner);
    return result;
  }

  json list(const json& from) const {
    json result = json::array();
    for (const auto& inner : from) result.push_back(schema(inner));
    return result;
  }

  /// The way to the same schema from the document's root, past keywords that have another name there.
  std::string reference(const std::string& text) const {
    auto result = base_;
    const json* node = &root_;
    for (size_t i = 1; i < text.size();) { // after the '#'
      auto end = std::min(text.find('/', i + 1), text.size());
      auto word = text.substr(i + 1, end - i - 1);
      json::json_pointer step{"/" + word};
      bool moved = to_ == dialect::v2020_12 && word == "items" && node->contains(step) && node->at(step).is_array();
      result += moved ? "/prefixItems" : "/" + word;
      if (!node->contains(step)) return result + text.substr(end);
      node = &node->at(step);
      i = end;
    }
    return result;
  }

  const json& root_;
  std::string base_;
  dialect to_;
};

} // namespace

json embed_schema(const json& schema, std::string_view base, dialect to) {
  // A boolean stands for these, and not every reader of contracts takes one where it expects a schema.
  if (schema == json(true)) return json::object();
  if (schema == json(false)) return json{{"not", json::object()}};
  return embedder{schema, base, to}.schema(schema);
}

} // namespace tidings::contracts
