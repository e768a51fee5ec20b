// SPDX-License-Identifier: MIT
#include <algorithm>
#include <charconv>

#include "envelopes/errc.hpp"
#include "envelopes/json_text.hpp"
#include "model/listing.hpp"

namespace tidings {

namespace {

/// The longest text a client may ask for, in bytes; a cursor carries a document's value and may be longer.
constexpr size_t max_text = 256;

caf::error bad(std::string_view member, std::string_view message) {
  auto pointer = pointer_to(member);
  return make_error(errc::schema_violation,
                    failure{pointer + " " + std::string{message}, {{pointer, std::string{message}}}});
}

/// 0 when it is none.
size_t number_of(const json& value) {
  if (value.is_number_unsigned()) return value.get<size_t>();
  if (!value.is_string()) return 0;
  const auto& text = value.get_ref<const std::string&>();
  size_t result = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result);
  return error == std::errc{} && end == text.data() + text.size() ? result : 0;
}

caf::error read_sort(const service_model& model, const json& value, list_request& out) {
  if (value.is_string()) {
    auto field = std::string_view{value.get_ref<const std::string&>()};
    if (field.starts_with('-')) field.remove_prefix(1);
    if (model.sortable.contains(field)) {
      out.sort = value.get<std::string>();
      return {};
    }
  }
  std::string known;
  for (const auto& field : model.sortable)
    known += (known.empty() ? "" : ", ") + field;
  return bad("sort", "must be one of " + known + ", with - in front for descending");
}

caf::error read_member(const service_model& model, const query_spec& spec, const std::string& name, const json& value,
                       list_request& out) {
  if (name == "limit") {
    out.limit = number_of(value);
    if (out.limit >= 1 && out.limit <= spec.max_limit) return {};
    return bad(name, "must be a number from 1 to " + std::to_string(spec.max_limit));
  }
  if (name == "sort") return read_sort(model, value, out);
  if (name == "cursor") {
    if (!value.is_string()) return bad(name, "must be a string");
    out.cursor = value.get<std::string>();
    return {};
  }
  if (name == "q" && !spec.search.empty()) {
    if (!value.is_string() || value.get_ref<const std::string&>().size() > max_text)
      return bad(name, "must be a string of at most 256 bytes");
    out.text = value.get<std::string>();
    return {};
  }
  if (std::find(spec.filters.begin(), spec.filters.end(), name) == spec.filters.end())
    return bad(name, "is not something this list can be asked for");
  if (value.is_structured()) return bad(name, "must be a string, a number, a boolean or null");
  out.equal.emplace_back(name, value);
  return {};
}

} // namespace

caf::expected<list_request> parse_list_request(const service_model& model, const query_spec& spec,
                                               const json& payload) {
  list_request result;
  result.sort = spec.sort;
  result.limit = spec.limit;
  if (payload.is_null()) return result;
  if (!payload.is_object())
    return make_error(errc::schema_violation, failure{"The payload must be an object", {{"", "must be an object"}}});
  for (const auto& [name, value] : payload.get_ref<const json::object_t&>())
    if (auto error = read_member(model, spec, name, value, result)) return error;
  return result;
}

} // namespace tidings
