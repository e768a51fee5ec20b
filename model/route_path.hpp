// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tidings {

/// Longer paths match no route.
inline constexpr size_t max_path_segments = 16;

/// Whether a route's segment stands for any text.
bool is_parameter(std::string_view segment) noexcept;

/// The name in `{name}`.
std::string_view parameter_name(std::string_view segment) noexcept;

/// Splits a path and decodes each segment. Splitting comes first, so an encoded slash stays within its segment.
/// @returns empty for a path that no route may have: one without a leading slash, with empty or dot segments, a bad
///          percent escape, a control character or bytes that are not UTF-8.
std::optional<std::vector<std::string>> split_path(std::string_view raw);

/// How well `route` fits: the more literal segments, and the earlier, the better. 0 if it does not.
uint32_t fit_of(const std::vector<std::string>& route, const std::vector<std::string>& path) noexcept;

/// Whether both match exactly the same paths.
bool same_shape(const std::vector<std::string>& a, const std::vector<std::string>& b) noexcept;

} // namespace tidings
