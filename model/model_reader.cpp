// SPDX-License-Identifier: MIT
#include "model/model_reader.hpp"

#include <algorithm>

#include "envelopes/errc.hpp"
#include "envelopes/json_text.hpp"

namespace tidings {

namespace {

bool is_name(const json& x) {
  return x.is_string() && !x.get_ref<const std::string&>().empty() && x.get_ref<const std::string&>().size() <= 256;
}

} // namespace

const json* model_section::find(std::string_view name) const {
  auto it = object.find(name);
  return it != object.end() ? &*it : nullptr;
}

std::string model_section::pointer(std::string_view name) const {
  auto result = at;
  append_pointer(result, name);
  return result;
}

void model_reader::fault(const std::string& pointer, std::string_view sentence) {
  if (error_) return;
  auto place = pointer.empty() ? std::string{"the file"} : pointer;
  error_ = make_error(errc::bad_model,
                      failure{file_ + ": " + place + " " + std::string{sentence}, {{pointer, std::string{sentence}}}});
}

std::optional<model_section> model_reader::section(const model_section& from, std::string_view name) {
  const auto* member = from.find(name);
  if (member == nullptr) return std::nullopt;
  if (member->is_object()) return model_section{*member, from.pointer(name)};
  fault(from.pointer(name), "must be an object");
  return std::nullopt;
}

void model_reader::only(const model_section& from, std::initializer_list<std::string_view> known) {
  for (const auto& member : from.object.items()) {
    if (std::find(known.begin(), known.end(), member.key()) != known.end()) continue;
    std::string sentence = "is not known; known here are ";
    for (auto name : known) {
      if (name != *known.begin()) sentence += ", ";
      sentence += name;
    }
    fault(from.pointer(member.key()), sentence);
  }
}

std::optional<tidings::token> model_reader::token(const model_section& from, std::string_view name) {
  const auto* member = from.find(name);
  if (member != nullptr && member->is_string())
    if (auto result = token::admit(member->get_ref<const std::string&>(), name)) return *result;
  fault(from.pointer(name), "must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -");
  return std::nullopt;
}

std::string model_reader::text(const model_section& from, std::string_view name, std::string_view otherwise) {
  const auto* member = from.find(name);
  if (member == nullptr) return std::string{otherwise};
  if (is_name(*member)) return member->get<std::string>();
  fault(from.pointer(name), "must be a string of 1 to 256 bytes");
  return {};
}

std::vector<std::string> model_reader::texts(const model_section& from, std::string_view name) {
  std::vector<std::string> result;
  const auto* member = from.find(name);
  if (member == nullptr) return result;
  if (!member->is_array() || !std::all_of(member->begin(), member->end(), is_name)) {
    fault(from.pointer(name), "must be a list of strings of 1 to 256 bytes");
    return result;
  }
  for (const auto& item : *member) {
    auto text = item.get<std::string>();
    if (std::find(result.begin(), result.end(), text) != result.end())
      fault(from.pointer(name), "must not name " + text + " twice");
    result.push_back(std::move(text));
  }
  return result;
}

size_t model_reader::number(const model_section& from, std::string_view name, size_t otherwise, size_t least,
                            size_t most) {
  const auto* member = from.find(name);
  if (member == nullptr) return otherwise;
  if (member->is_number_unsigned()) {
    auto result = member->get<size_t>();
    if (result >= least && result <= most) return result;
  }
  fault(from.pointer(name), "must be an integer from " + std::to_string(least) + " to " + std::to_string(most));
  return otherwise;
}

std::shared_ptr<const json_schema> model_reader::schema(const model_section& from, std::string_view name) {
  const auto* member = from.find(name);
  auto result = json_schema::compile(member != nullptr ? *member : json(true));
  if (result) return *result;
  fault(from.pointer(name), "is not a usable JSON Schema (draft-07): " + failure_of(result.error()).detail);
  return nullptr;
}

} // namespace tidings
