// SPDX-License-Identifier: MIT
#include "model/schema_visitor.hpp"

#include <cmath>

#include "envelopes/json_text.hpp"
#include "model/canonical.hpp"
#include "model/schema_adapter.hpp"

namespace tidings::schema_check {

namespace {

/// Strings as they are, since people read them; the rest as JSON.
std::string value_text(const json& x) { return x.is_string() ? x.get<std::string>() : dump(x); }

const json& thawed(const valijson::adapters::FrozenValue& x) {
  return static_cast<const schema_adapter::frozen&>(x).value();
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

} // namespace

std::string count_text(uint64_t n, std::string_view noun) {
  return std::to_string(n) + " " + std::string{noun} + (n == 1 ? "" : "s");
}

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

} // namespace tidings::schema_check
