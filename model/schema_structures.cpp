// SPDX-License-Identifier: MIT
// The visitor's part for arrays and objects.
#include <algorithm>
#include <span>

#include "model/canonical.hpp"
#include "model/schema_visitor.hpp"

namespace tidings::schema_check {

// -- arrays -------------------------------------------------------------------

bool visitor::visit(const MaxItemsConstraint& x) {
  return !target_.is_array() || target_.size() <= x.getMaxItems() ||
         fail_with([&] { return "must have at most " + count_text(x.getMaxItems(), "element"); });
}

bool visitor::visit(const MinItemsConstraint& x) {
  return !target_.is_array() || target_.size() >= x.getMinItems() ||
         fail_with([&] { return "must have at least " + count_text(x.getMinItems(), "element"); });
}

bool visitor::visit(const UniqueItemsConstraint&) {
  if (!target_.is_array()) return true;
  std::vector<std::string> texts;
  texts.reserve(target_.size());
  for (const auto& item : target_)
    texts.push_back(canonical(item));
  std::sort(texts.begin(), texts.end());
  return std::adjacent_find(texts.begin(), texts.end()) == texts.end() || fail("must not have the same element twice");
}

bool visitor::visit(const ContainsConstraint& x) {
  if (!target_.is_array()) return true;
  auto fits = [&](const json& item) { return visitor{patterns_, item, at_, nullptr}.check(*x.getSubschema()); };
  return std::any_of(target_.begin(), target_.end(), fits) || fail("must have an element of the required form");
}

bool visitor::visit(const SingularItemsConstraint& x) {
  if (!target_.is_array() || x.getItemsSubschema() == nullptr) return true;
  auto good = true;
  for (size_t i = 0; i < target_.size() && (good || list_ != nullptr); ++i)
    good = check_element(*x.getItemsSubschema(), i, target_[i]) && good;
  return good;
}

bool visitor::visit(const LinearItemsConstraint& x) {
  if (!target_.is_array()) return true;
  auto good = true;
  auto listed = x.getItemSubschemaCount();
  x.applyToItemSubschemas([&](unsigned i, const valijson::Subschema* schema) {
    if (i >= target_.size()) return false;
    good = check_element(*schema, i, target_[i]) && good;
    return good || list_ != nullptr;
  });
  if (target_.size() <= listed || (!good && list_ == nullptr)) return good;
  const auto* rest = x.getAdditionalItemsSubschema();
  if (rest == nullptr) return fail_with([&] { return "must have at most " + count_text(listed, "element"); });
  for (auto i = listed; i < target_.size() && (good || list_ != nullptr); ++i)
    good = check_element(*rest, i, target_[i]) && good;
  return good;
}

// -- objects ------------------------------------------------------------------

bool visitor::visit(const MaxPropertiesConstraint& x) {
  return !target_.is_object() || target_.size() <= x.getMaxProperties() ||
         fail_with([&] { return "must have at most " + count_text(x.getMaxProperties(), "member"); });
}

bool visitor::visit(const MinPropertiesConstraint& x) {
  return !target_.is_object() || target_.size() >= x.getMinProperties() ||
         fail_with([&] { return "must have at least " + count_text(x.getMinProperties(), "member"); });
}

bool visitor::visit(const RequiredConstraint& x) {
  if (!target_.is_object()) return true;
  auto good = true;
  x.applyToRequiredProperties([&](const auto& name) {
    auto text = std::string_view{name.data(), name.size()};
    if (!target_.contains(text)) good = fail_below(text, "is required");
    return good || list_ != nullptr;
  });
  return good;
}

bool visitor::visit(const PropertiesConstraint& x) {
  if (!target_.is_object()) return true;
  const auto& object = target_.get_ref<const json::object_t&>();
  auto members = std::span{object.begin(), object.end()};
  std::vector<bool> known(members.size());
  auto good = true;
  auto go_on = [&] { return good || list_ != nullptr; };
  x.applyToProperties([&](const auto& name, const valijson::Subschema* schema) {
    auto is_it = [&](const auto& member) { return std::string_view{member.first} == std::string_view{name}; };
    auto it = std::find_if(members.begin(), members.end(), is_it);
    if (it == members.end()) return true;
    known[static_cast<size_t>(it - members.begin())] = true;
    good = check_member(*schema, it->first, it->second) && good;
    return go_on();
  });
  x.applyToPatternProperties([&](const auto& name, const valijson::Subschema* schema) {
    auto pattern = std::string{name.data(), name.size()};
    for (size_t i = 0; i < members.size() && go_on(); ++i) {
      if (!matches(pattern, members[i].first)) continue;
      known[i] = true;
      good = check_member(*schema, members[i].first, members[i].second) && good;
    }
    return go_on();
  });
  const auto* rest = x.getAdditionalPropertiesSubschema();
  for (size_t i = 0; i < members.size() && go_on(); ++i) {
    if (known[i]) continue;
    const auto& [name, value] = members[i];
    good = (rest != nullptr ? check_member(*rest, name, value) : fail_below(name, "is not allowed")) && good;
  }
  return good;
}

bool visitor::visit(const PropertyNamesConstraint& x) {
  if (!target_.is_object()) return true;
  auto good = true;
  for (const auto& [name, value] : target_.get_ref<const json::object_t&>()) {
    auto text = json(name);
    if (!visitor{patterns_, text, at_, nullptr}.check(*x.getSubschema()))
      good = fail_below(name, "has a name that is not allowed");
    if (!good && list_ == nullptr) break;
  }
  return good;
}

bool visitor::visit(const DependenciesConstraint& x) {
  if (!target_.is_object()) return true;
  auto good = true;
  x.applyToPropertyDependencies([&](const auto& name, const auto& needed) {
    auto owner = std::string_view{name.data(), name.size()};
    if (!target_.contains(owner)) return true;
    for (const auto& other : needed)
      if (auto text = std::string_view{other.data(), other.size()}; !target_.contains(text))
        good = fail_below(text, "is required beside " + std::string{owner});
    return good || list_ != nullptr;
  });
  x.applyToSchemaDependencies([&](const auto& name, const valijson::Subschema* schema) {
    if (target_.contains(std::string_view{name.data(), name.size()})) good = check_here(*schema, list_) && good;
    return good || list_ != nullptr;
  });
  return good;
}

} // namespace tidings::schema_check
