// SPDX-License-Identifier: MIT
#include "model/sorted_index.hpp"

#include <limits>

namespace tidings {

namespace {

enum class rank : uint8_t { nothing, boolean, number, string, other };

rank rank_of(const json& x) {
  if (x.is_null()) return rank::nothing;
  if (x.is_boolean()) return rank::boolean;
  if (x.is_number()) return rank::number;
  if (x.is_string()) return rank::string;
  return rank::other;
}

template <class T>
int order(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

/// Wide enough for every 64-bit integer and every double: comparing an integer as a double would round, and an order
/// that rounds is none.
long double wide(const json& x) {
  if (x.is_number_unsigned()) return static_cast<long double>(x.get<uint64_t>());
  if (x.is_number_integer()) return static_cast<long double>(x.get<int64_t>());
  return static_cast<long double>(x.get<double>());
}

int order_values(const json& a, const json& b) {
  auto kind = rank_of(a);
  if (auto result = order(kind, rank_of(b)); result != 0) return result;
  switch (kind) {
  case rank::boolean: return order(a.get<bool>(), b.get<bool>());
  case rank::number: return order(wide(a), wide(b));
  case rank::string: return a.get_ref<const std::string&>().compare(b.get_ref<const std::string&>());
  case rank::nothing:
  case rank::other: break;
  }
  return 0;
}

/// The first eight bytes as a number, in the order of the text.
uint64_t head_of(std::string_view text) {
  uint64_t result = 0;
  for (size_t i = 0; i < sizeof result; ++i) result = result << 8 | (i < text.size() ? static_cast<uint8_t>(text[i]) : 0);
  return result;
}

} // namespace

json sorted_index::value_in(const stored_document& x) const {
  if (field_.empty()) return {};
  auto found = x.member(field_);
  return found ? found->value() : json{};
}

sorted_index::entry sorted_index::entry_of(const stored_document& x) const {
  auto value = value_in(x);
  uint64_t head = 0;
  if (field_.empty()) head = head_of(x.key);
  else if (value.is_string()) head = head_of(value.get_ref<const std::string&>());
  else if (rank_of(value) == rank::other) head = std::numeric_limits<uint64_t>::max();
  return {head, std::move(value), &x};
}

bool sorted_index::less::compare(const position& a, const position& b) {
  auto by_value = order_values(a.value, b.value);
  return by_value != 0 ? by_value < 0 : a.key < b.key;
}

} // namespace tidings
