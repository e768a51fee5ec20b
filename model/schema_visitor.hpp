// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <valijson/constraints/concrete_constraints.hpp>
#include <valijson/constraints/constraint_visitor.hpp>
#include <valijson/subschema.hpp>

#include "envelopes/errc.hpp"
#include "envelopes/json.hpp"
#include "model/schema_guard.hpp"

/// Checks values against the constraints valijson has parsed. Included by schema*.cpp only: valijson's headers are
/// heavy.
///
/// valijson's own visitor is not used: on values from outside it is quadratic (uniqueItems), recurses on the length of
/// strings (std::regex), throws (format on a number), and its sentences are for programmers.
namespace tidings::schema_check {

/// A place in the value, as a chain up to the root; turned into text only when something is wrong there.
struct place {
  const place* parent = nullptr;
  std::string_view name = {}; ///< The member's name; unused in an array.
  size_t index = 0;           ///< The element's index.
  bool is_element = false;

  std::string pointer() const;
  std::string pointer_below(std::string_view member) const;
};

/// Collects violations up to a bound, since a hostile value could break every rule ten thousand times.
class violation_list {
public:
  static constexpr size_t max_size = 100;

  void add(std::string pointer, std::string message) {
    if (errors.size() < max_size) errors.push_back({std::move(pointer), std::move(message)});
  }

  std::vector<field_error> errors;
};

/// `1 element`, `2 elements`.
std::string count_text(uint64_t n, std::string_view noun);

/// Validates one place. Without a list it stops at the first violation and allocates nearly nothing.
class visitor final : public valijson::constraints::ConstraintVisitor {
public:
  visitor(const schema_patterns& patterns, const json& target, const place& at, violation_list* list)
      : patterns_{patterns}, target_{target}, at_{at}, list_{list} {}

  bool check(const valijson::Subschema& schema);

  bool visit(const AllOfConstraint& x) override;
  bool visit(const AnyOfConstraint& x) override;
  bool visit(const ConditionalConstraint& x) override;
  bool visit(const ConstConstraint& x) override;
  bool visit(const ContainsConstraint& x) override;
  bool visit(const DependenciesConstraint& x) override;
  bool visit(const EnumConstraint& x) override;
  bool visit(const FormatConstraint& x) override;
  bool visit(const LinearItemsConstraint& x) override;
  bool visit(const MaximumConstraint& x) override;
  bool visit(const MaxItemsConstraint& x) override;
  bool visit(const MaxLengthConstraint& x) override;
  bool visit(const MaxPropertiesConstraint& x) override;
  bool visit(const MinimumConstraint& x) override;
  bool visit(const MinItemsConstraint& x) override;
  bool visit(const MinLengthConstraint& x) override;
  bool visit(const MinPropertiesConstraint& x) override;
  bool visit(const MultipleOfDoubleConstraint& x) override;
  bool visit(const MultipleOfIntConstraint& x) override;
  bool visit(const NotConstraint& x) override;
  bool visit(const OneOfConstraint& x) override;
  bool visit(const PatternConstraint& x) override;
  bool visit(const PolyConstraint& x) override;
  bool visit(const PropertiesConstraint& x) override;
  bool visit(const PropertyNamesConstraint& x) override;
  bool visit(const RequiredConstraint& x) override;
  bool visit(const SingularItemsConstraint& x) override;
  bool visit(const TypeConstraint& x) override;
  bool visit(const UniqueItemsConstraint& x) override;

private:
  /// Notes a violation here; always false, so that `return fail(...)` reads well.
  bool fail(std::string_view sentence);
  bool fail_below(std::string_view member, std::string_view sentence);
  /// The same, with the sentence made only if somebody listens.
  template <class MakeSentence>
  bool fail_with(MakeSentence make) {
    if (list_ != nullptr) list_->add(at_.pointer(), make());
    return false;
  }

  bool check_here(const valijson::Subschema& schema, violation_list* list);
  bool check_member(const valijson::Subschema& schema, const std::string& name, const json& value);
  bool check_element(const valijson::Subschema& schema, size_t index, const json& value);
  /// How many of the alternatives fit; if none does, `closest` has the shortest list of reasons.
  template <class Constraint>
  size_t count_fitting(const Constraint& x, violation_list& closest);
  bool none_fits(violation_list& closest);
  /// Whether a search for the pattern succeeds; refuses text that is too long to search.
  bool matches(const std::string& pattern, const std::string& text) const;

  const schema_patterns& patterns_;
  const json& target_;
  const place& at_;
  violation_list* list_;
};

} // namespace tidings::schema_check
