// SPDX-License-Identifier: MIT
#include "model/schema_visitor.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "envelopes/json_text.hpp"
#include "model/canonical.hpp"
#include "model/schema_adapter.hpp"
#include "model/schema_formats.hpp"

namespace tidings::schema_check {

namespace {

/// Longer strings are not searched: the matcher's time grows with the text times the pattern.
constexpr size_t max_pattern_text = 4096;

std::string number_text(double x) { return canonical(json(x)); }

std::string count_text(uint64_t n, std::string_view noun) {
  return std::to_string(n) + " " + std::string{noun} + (n == 1 ? "" : "s");
}

/// Strings as they are, since people read them; the rest as JSON.
std::string value_text(const json& x) { return x.is_string() ? x.get<std::string>() : dump(x); }

const json& thawed(const valijson::adapters::FrozenValue& x) {
  return static_cast<const schema_adapter::frozen&>(x).value();
}

/// Characters, not bytes (draft-07, section 6.3.1).
uint64_t length_of(const std::string& text) {
  return static_cast<uint64_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

/// Wide enough for every 64-bit integer and every double, so that comparing never rounds.
long double wide(const json& x) {
  if (x.is_number_unsigned()) return static_cast<long double>(x.get<uint64_t>());
  if (x.is_number_integer()) return static_cast<long double>(x.get<int64_t>());
  return static_cast<long double>(x.get<double>());
}

bool is_integer(const json& x) {
  return x.is_number_integer() || (x.is_number_float() && std::trunc(x.get<double>()) == x.get<double>());
}

using type_constraint = valijson::constraints::TypeConstraint;

bool has_type(const json& x, type_constraint::JsonType type) {
  switch (type) {
  case type_constraint::kAny: return true;
  case type_constraint::kArray: return x.is_array();
  case type_constraint::kBoolean: return x.is_boolean();
  case type_constraint::kInteger: return is_integer(x);
  case type_constraint::kNull: return x.is_null();
  case type_constraint::kNumber: return x.is_number();
  case type_constraint::kObject: return x.is_object();
  case type_constraint::kString: return x.is_string();
  }
  return false;
}

std::string_view type_text(type_constraint::JsonType type) {
  switch (type) {
  case type_constraint::kAny: return "anything";
  case type_constraint::kArray: return "an array";
  case type_constraint::kBoolean: return "a boolean";
  case type_constraint::kInteger: return "an integer";
  case type_constraint::kNull: return "null";
  case type_constraint::kNumber: return "a number";
  case type_constraint::kObject: return "an object";
  case type_constraint::kString: return "a string";
  }
  return "something else";
}

bool is_multiple(const json& x, double divisor) {
  auto value = x.get<double>();
  // Decimal fractions are not exact in binary: 19.99 is a multiple of 0.01 to everybody but the processor.
  return std::abs(std::remainder(value, divisor)) <= 1e-9 * divisor;
}

} // namespace

std::string place::pointer() const {
  if (parent == nullptr) return {};
  auto result = parent->pointer();
  append_pointer(result, is_element ? std::to_string(index) : std::string{name});
  return result;
}

std::string place::pointer_below(std::string_view member) const {
  auto result = pointer();
  append_pointer(result, member);
  return result;
}

bool visitor::check(const valijson::Subschema& schema) {
  if (schema.getAlwaysInvalid()) return fail("is not allowed");
  auto apply = valijson::Subschema::ApplyFunction{[this](const auto& constraint) { return constraint.accept(*this); }};
  return list_ != nullptr ? schema.apply(apply) : schema.applyStrict(apply);
}

bool visitor::fail(std::string_view sentence) {
  return fail_with([&] { return std::string{sentence}; });
}

bool visitor::fail_below(std::string_view member, std::string_view sentence) {
  if (list_ != nullptr) list_->add(at_.pointer_below(member), std::string{sentence});
  return false;
}

bool visitor::check_here(const valijson::Subschema& schema, violation_list* list) {
  return visitor{patterns_, target_, at_, list}.check(schema);
}

bool visitor::check_member(const valijson::Subschema& schema, const std::string& name, const json& value) {
  place at{&at_, name};
  return visitor{patterns_, value, at, list_}.check(schema);
}

bool visitor::check_element(const valijson::Subschema& schema, size_t index, const json& value) {
  place at{&at_, {}, index, true};
  return visitor{patterns_, value, at, list_}.check(schema);
}

// -- combinations -------------------------------------------------------------

bool visitor::visit(const AllOfConstraint& x) {
  auto good = true;
  x.applyToSubschemas([&](unsigned, const valijson::Subschema* schema) {
    good = check_here(*schema, list_) && good;
    return good || list_ != nullptr;
  });
  return good;
}

template <class Constraint>
size_t visitor::count_fitting(const Constraint& x, violation_list& closest) {
  size_t fitting = 0;
  auto first = true;
  x.applyToSubschemas([&](unsigned, const valijson::Subschema* schema) {
    violation_list reasons;
    if (check_here(*schema, list_ != nullptr ? &reasons : nullptr)) {
      ++fitting;
    } else if (first || reasons.errors.size() < closest.errors.size()) {
      closest = std::move(reasons);
      first = false;
    }
    return true;
  });
  return fitting;
}

bool visitor::none_fits(violation_list& closest) {
  if (list_ != nullptr)
    for (auto& [pointer, message] : closest.errors)
      list_->add(std::move(pointer), std::move(message));
  return fail("fits none of the allowed forms");
}

bool visitor::visit(const AnyOfConstraint& x) {
  violation_list closest;
  return count_fitting(x, closest) > 0 || none_fits(closest);
}

bool visitor::visit(const OneOfConstraint& x) {
  violation_list closest;
  auto fitting = count_fitting(x, closest);
  if (fitting == 0) return none_fits(closest);
  return fitting == 1 || fail("fits more than one of the allowed forms, which exclude each other");
}

bool visitor::visit(const NotConstraint& x) {
  return !check_here(*x.getSubschema(), nullptr) || fail("has a form that is not allowed");
}

bool visitor::visit(const ConditionalConstraint& x) {
  const auto* branch = check_here(*x.getIfSubschema(), nullptr) ? x.getThenSubschema() : x.getElseSubschema();
  return branch == nullptr || check_here(*branch, list_);
}

// valijson makes one only for keywords that a program has added to its parser; we add none.
bool visitor::visit(const PolyConstraint&) { return true; }

// -- any value ----------------------------------------------------------------

bool visitor::visit(const TypeConstraint& x) {
  auto good = false;
  x.applyToNamedTypes([&](auto type) { return !(good = good || has_type(target_, type)); });
  return good || fail_with([&] {
           std::string sentence;
           x.applyToNamedTypes([&](auto type) {
             sentence += sentence.empty() ? "must be " : " or ";
             sentence += type_text(type);
             return true;
           });
           return sentence;
         });
}

bool visitor::visit(const ConstConstraint& x) {
  const auto& value = thawed(*x.getValue());
  return same_value(value, target_) || fail_with([&] { return "must be " + value_text(value); });
}

bool visitor::visit(const EnumConstraint& x) {
  auto good = false;
  x.applyToValues([&](const auto& value) { return !(good = good || same_value(thawed(value), target_)); });
  return good || fail_with([&] {
           constexpr size_t max_listed = 20;
           std::string sentence;
           size_t listed = 0;
           x.applyToValues([&](const auto& value) {
             sentence += listed == 0 ? "must be one of " : ", ";
             sentence += listed < max_listed ? value_text(thawed(value)) : "...";
             return listed++ < max_listed;
           });
           return sentence;
         });
}

// -- strings ------------------------------------------------------------------

bool visitor::visit(const FormatConstraint& x) {
  if (!target_.is_string()) return true;
  return fits_format(x.getFormat(), target_.get_ref<const std::string&>()) ||
         fail_with([&] { return "must have the format " + x.getFormat(); });
}

bool visitor::visit(const MaxLengthConstraint& x) {
  if (!target_.is_string()) return true;
  return length_of(target_.get_ref<const std::string&>()) <= x.getMaxLength() ||
         fail_with([&] { return "must have at most " + count_text(x.getMaxLength(), "character"); });
}

bool visitor::visit(const MinLengthConstraint& x) {
  if (!target_.is_string()) return true;
  return length_of(target_.get_ref<const std::string&>()) >= x.getMinLength() ||
         fail_with([&] { return "must have at least " + count_text(x.getMinLength(), "character"); });
}

bool visitor::matches(const std::string& pattern, const std::string& text) const {
  return text.size() <= max_pattern_text && std::regex_search(text, patterns_.find(pattern)->second);
}

bool visitor::visit(const PatternConstraint& x) {
  if (!target_.is_string()) return true;
  const auto& text = target_.get_ref<const std::string&>();
  if (text.size() > max_pattern_text)
    return fail_with([] { return "must have at most " + count_text(max_pattern_text, "byte"); });
  auto pattern = x.getPattern<std::string::allocator_type>();
  return matches(pattern, text) || fail_with([&] { return "must match the pattern " + pattern; });
}

// -- numbers ------------------------------------------------------------------

bool visitor::visit(const MaximumConstraint& x) {
  if (!target_.is_number()) return true;
  auto value = wide(target_);
  if (x.getExclusiveMaximum())
    return value < x.getMaximum() || fail_with([&] { return "must be less than " + number_text(x.getMaximum()); });
  return value <= x.getMaximum() || fail_with([&] { return "must be at most " + number_text(x.getMaximum()); });
}

bool visitor::visit(const MinimumConstraint& x) {
  if (!target_.is_number()) return true;
  auto value = wide(target_);
  if (x.getExclusiveMinimum())
    return value > x.getMinimum() || fail_with([&] { return "must be greater than " + number_text(x.getMinimum()); });
  return value >= x.getMinimum() || fail_with([&] { return "must be at least " + number_text(x.getMinimum()); });
}

bool visitor::visit(const MultipleOfDoubleConstraint& x) {
  if (!target_.is_number()) return true;
  return is_multiple(target_, x.getDivisor()) ||
         fail_with([&] { return "must be a multiple of " + number_text(x.getDivisor()); });
}

bool visitor::visit(const MultipleOfIntConstraint& x) {
  if (!target_.is_number()) return true;
  auto divisor = x.getDivisor();
  auto good = target_.is_number_unsigned()  ? target_.get<uint64_t>() % static_cast<uint64_t>(divisor) == 0
              : target_.is_number_integer() ? target_.get<int64_t>() % divisor == 0
                                            : is_multiple(target_, static_cast<double>(divisor));
  return good || fail_with([&] { return "must be a multiple of " + std::to_string(divisor); });
}

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
