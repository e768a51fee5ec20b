// SPDX-License-Identifier: MIT
#include "model/canonical.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <vector>

#include "envelopes/json_text.hpp"

namespace tidings {

namespace {

void append(std::string& out, const json& value);

void append_object(std::string& out, const json& value) {
  const auto& object = value.get_ref<const json::object_t&>();
  std::vector<const json::object_t::value_type*> members;
  members.reserve(object.size());
  for (const auto& member : object)
    members.push_back(&member);
  std::sort(members.begin(), members.end(), [](auto* a, auto* b) { return a->first < b->first; });
  out += '{';
  for (const auto* member : members) {
    append_json_member(out, member->first);
    append(out, member->second);
  }
  out += '}';
}

void append_number(std::string& out, double x) {
  // Beyond 2^53 neighbouring integers share a double, so only below it a double may stand for an integer.
  constexpr double exact = 9007199254740992.0;
  if (std::abs(x) <= exact && x == std::trunc(x))
    out += std::to_string(static_cast<int64_t>(x));
  else
    out += dump(json(x));
}

void append(std::string& out, const json& value) {
  switch (value.type()) {
  case json::value_t::object: append_object(out, value); break;
  case json::value_t::array:
    out += '[';
    for (const auto& item : value) {
      if (out.back() != '[') out += ',';
      append(out, item);
    }
    out += ']';
    break;
  case json::value_t::string: append_json_string(out, value.get_ref<const std::string&>()); break;
  case json::value_t::number_float: append_number(out, value.get<double>()); break;
  default: out += dump(value);
  }
}

} // namespace

std::string canonical(const json& value) {
  std::string result;
  append(result, value);
  return result;
}

bool same_value(const json& a, const json& b) {
  if (a.is_string() && b.is_string()) return a.get_ref<const std::string&>() == b.get_ref<const std::string&>();
  if (a.is_number() != b.is_number() || (!a.is_number() && a.type() != b.type())) return false;
  return canonical(a) == canonical(b);
}

} // namespace tidings
