// SPDX-License-Identifier: MIT
#include "actors/metrics.hpp"

namespace tidings {

metrics::metrics(const catalog& models) {
  types_.clear();
  for (auto& model : models.models())
    for (auto& [type, spec] : model->commands) types_.push_back(type);
  types_.emplace_back("other");
  // Only now: a vector that grows moves its strings, and views of short ones would dangle.
  for (size_t i = 0; i + 1 < types_.size(); ++i) index_.emplace(types_[i], i);
  ends_.resize(types_.size());
  replies_.resize(types_.size());
}

} // namespace tidings
