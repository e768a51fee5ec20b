// SPDX-License-Identifier: MIT
// The visitor's part for strings and numbers.
#include <algorithm>
#include <cmath>

#include "model/canonical.hpp"
#include "model/schema_formats.hpp"
#include "model/schema_visitor.hpp"

namespace tidings::schema_check {

namespace {

/// Longer strings are not searched: the matcher's time grows with the text times the pattern.
constexpr size_t max_pattern_text = 4096;

std::string number_text(double x) { return canonical(json(x)); }

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

bool is_multiple(const json& x, double divisor) {
  auto value = x.get<double>();
  // Decimal fractions are not exact in binary: 19.99 is a multiple of 0.01 to everybody but the processor.
  return std::abs(std::remainder(value, divisor)) <= 1e-9 * divisor;
}

} // namespace

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

} // namespace tidings::schema_check
