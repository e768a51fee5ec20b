// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace tidings {

/// Lets a string_view look up without making a string.
struct text_hash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
};

template <class Value>
using text_map = std::unordered_map<std::string, Value, text_hash, std::equal_to<>>;
template <class Value>
using text_multimap = std::unordered_multimap<std::string, Value, text_hash, std::equal_to<>>;

} // namespace tidings
