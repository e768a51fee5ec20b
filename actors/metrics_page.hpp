// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/metrics.hpp"

namespace tidings {

/// The media type of what `render_metrics` makes.
inline constexpr std::string_view metrics_type = "text/plain; version=0.0.4; charset=utf-8";

/// Everything counted so far in Prometheus' text format (exposition format 0.0.4), with what the kernel says of this process.
std::string render_metrics(const metrics& x);

/// What one shard has counted, put into words by its own thread; immutable, so that another can read it.
struct metric_families;
std::shared_ptr<const metric_families> collect_metrics(const metrics& x);

/// The same of several shards: what is one shard's has the label `shard`, what is the process's has none.
/// @param shards By number; null where one did not answer. @param ours The one that tells what all know alike.
std::string render_metrics(const std::vector<std::shared_ptr<const metric_families>>& shards, size_t ours);

} // namespace tidings
