// SPDX-License-Identifier: MIT
#include "model/schema_guard.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "envelopes/errc.hpp"
#include "envelopes/json_text.hpp"

namespace tidings {

namespace {

using names = std::string_view;

constexpr auto type_names = std::array<names, 7>{"array", "boolean", "integer", "null", "number", "object", "string"};

constexpr auto number_keywords =
    std::array<names, 11>{"maximum",  "exclusiveMaximum", "minimum",       "exclusiveMinimum", "maxLength", "minLength",
                          "maxItems", "minItems",         "maxProperties", "minProperties",    "multipleOf"};

// Keywords whose value applies to the same place of the document as the schema that has them.
constexpr auto in_place_lists = std::array<names, 3>{"allOf", "anyOf", "oneOf"};
constexpr auto in_place_schemas = std::array<names, 4>{"not", "if", "then", "else"};
// Keywords whose value applies one level further down.
constexpr auto inner_schemas =
    std::array<names, 5>{"additionalItems", "additionalProperties", "contains", "propertyNames", "items"};
constexpr auto inner_maps = std::array<names, 3>{"properties", "patternProperties", "definitions"};

/// Stops at the first fault; the sentence says what and where.
class guard {
public:
  explicit guard(const json& root) : root_{root} {}

  bool check(const json& node, const std::string& at) {
    if (node.is_boolean()) return true;
    if (!node.is_object()) return fault(at, "must be a schema: an object or a boolean");
    // A schema that is reached again is sound, or on the way to be found out.
    if (!seen_.insert(&node).second) return true;
    if (auto ref = node.find("$ref"); ref != node.end()) return check_ref(*ref, at) && check_circle(node, at);
    return check_type(node, at) && check_numbers(node, at) && check_patterns(node, at) && check_inner(node, at) &&
           check_circle(node, at);
  }

  schema_patterns patterns;
  std::string what;

private:
  bool fault(const std::string& at, std::string_view sentence) {
    if (what.empty()) {
      what = at.empty() ? "/" : at;
      what += ' ';
      what += sentence;
    }
    return false;
  }

  static std::string below(const std::string& at, std::string_view name) {
    auto result = at;
    append_pointer(result, name);
    return result;
  }

  bool check_ref(const json& ref, const std::string& at) {
    const auto* target = resolve(ref);
    if (target == nullptr)
      return fault(below(at, "$ref"), "must lead to a schema in the same file, e.g. #/definitions/name");
    return check(*target, ref.get<std::string>());
  }

  const json* resolve(const json& ref) const {
    if (!ref.is_string()) return nullptr;
    const auto& text = ref.get_ref<const std::string&>();
    if (text != "#" && !text.starts_with("#/")) return nullptr;
    // valijson decodes percent signs and drops slashes at the end: it would look at another place than this check.
    if (text.find('%') != std::string::npos || text.back() == '/') return nullptr;
    try {
      auto pointer = json::json_pointer{text.substr(1)};
      return root_.contains(pointer) ? &root_.at(pointer) : nullptr;
    } catch (const json::exception&) {
      return nullptr;
    }
  }

  bool check_type(const json& node, const std::string& at) {
    auto type = node.find("type");
    if (type == node.end()) return true;
    auto known = [](const json& x) {
      return x.is_string() && std::find(type_names.begin(), type_names.end(), x.get<std::string>()) != type_names.end();
    };
    auto good = type->is_array() ? !type->empty() && std::all_of(type->begin(), type->end(), known) : known(*type);
    return good || fault(below(at, "type"), "must name array, boolean, integer, null, number, object or string");
  }

  bool check_numbers(const json& node, const std::string& at) {
    for (auto keyword : number_keywords)
      if (auto it = node.find(keyword); it != node.end() && !it->is_number())
        return fault(below(at, keyword), "must be a number");
    auto divisor = node.find("multipleOf");
    return divisor == node.end() || divisor->get<double>() > 0 || fault(below(at, "multipleOf"), "must be above zero");
  }

  bool check_patterns(const json& node, const std::string& at) {
    if (auto it = node.find("pattern"); it != node.end() && !(it->is_string() && add_pattern(it->get<std::string>())))
      return fault(below(at, "pattern"), "must be a regular expression (ECMAScript, without back-references)");
    auto map = node.find("patternProperties");
    if (map == node.end()) return true;
    for (const auto& [name, schema] : map->items())
      if (!add_pattern(name))
        return fault(below(below(at, "patternProperties"), name), "must be named by a regular expression");
    return true;
  }

  bool add_pattern(const std::string& text) {
    try {
      // The polynomial matcher of libstdc++ needs no recursion on the text and no backtracking, so no text from outside
      // can make it slow or overflow the stack; it refuses back-references, which need both.
      patterns.try_emplace(text, text,
                           std::regex::ECMAScript | std::regex::nosubs | std::regex_constants::__polynomial);
      return true;
    } catch (const std::regex_error&) {
      return false;
    }
  }

  bool check_inner(const json& node, const std::string& at) {
    for (auto keyword : in_place_lists)
      if (auto it = node.find(keyword); it != node.end())
        if (!it->is_array() || it->empty() || !check_list(*it, below(at, keyword)))
          return fault(below(at, keyword), "must be a list of schemas");
    for (auto keyword : in_place_schemas)
      if (auto it = node.find(keyword); it != node.end() && !check(*it, below(at, keyword))) return false;
    for (auto keyword : inner_schemas)
      if (auto it = node.find(keyword); it != node.end())
        if (keyword == "items" && it->is_array() ? !check_list(*it, below(at, keyword))
                                                 : !check(*it, below(at, keyword)))
          return false;
    for (auto keyword : inner_maps)
      if (auto it = node.find(keyword); it != node.end() && !check_map(*it, below(at, keyword))) return false;
    if (auto it = node.find("dependencies"); it != node.end()) {
      if (!it->is_object()) return fault(below(at, "dependencies"), "must be an object");
      for (const auto& [name, schema] : it->items())
        if (!schema.is_array() && !check(schema, below(below(at, "dependencies"), name))) return false;
    }
    return true;
  }

  bool check_list(const json& list, const std::string& at) {
    for (size_t i = 0; i < list.size(); ++i)
      if (!check(list[i], below(at, std::to_string(i)))) return false;
    return true;
  }

  bool check_map(const json& map, const std::string& at) {
    if (!map.is_object()) return fault(at, "must be an object of schemas");
    for (const auto& [name, schema] : map.items())
      if (!check(schema, below(at, name))) return false;
    return true;
  }

  /// Follows only what applies in place: coming back to the start that way means validation without end.
  bool check_circle(const json& start, const std::string& at) {
    std::set<const json*> visited;
    std::vector<const json*> open{&start};
    while (!open.empty()) {
      const auto& node = *open.back();
      open.pop_back();
      for (const auto* next : in_place(node)) {
        if (next == &start) return fault(at, "must not refer to itself for the same place of the document");
        if (visited.insert(next).second) open.push_back(next);
      }
    }
    return true;
  }

  std::vector<const json*> in_place(const json& node) const {
    std::vector<const json*> result;
    if (!node.is_object()) return result;
    if (auto ref = node.find("$ref"); ref != node.end()) {
      if (const auto* target = resolve(*ref)) result.push_back(target);
      return result;
    }
    for (auto keyword : in_place_lists)
      if (auto it = node.find(keyword); it != node.end())
        for (const auto& item : *it)
          result.push_back(&item);
    for (auto keyword : in_place_schemas)
      if (auto it = node.find(keyword); it != node.end()) result.push_back(&*it);
    if (auto it = node.find("dependencies"); it != node.end())
      for (const auto& schema : *it)
        if (schema.is_object()) result.push_back(&schema);
    return result;
  }

  const json& root_;
  std::set<const json*> seen_;
};

} // namespace

caf::expected<schema_patterns> guard_schema(const json& schema) {
  guard g{schema};
  if (!g.check(schema, "")) return make_error(errc::bad_model, std::move(g.what));
  return std::move(g.patterns);
}

} // namespace tidings
