// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "actors/metrics.hpp"

namespace tidings {

/// The media type of what `render_metrics` makes.
inline constexpr std::string_view metrics_type = "text/plain; version=0.0.4; charset=utf-8";

/// Everything counted so far in Prometheus' text format (exposition format 0.0.4), with what the kernel says of this process.
std::string render_metrics(const metrics& x);

} // namespace tidings
