// SPDX-License-Identifier: MIT
#include "actors/readiness.hpp"

#include <spdlog/spdlog.h>

namespace tidings {

void readiness_state::take(component_state& x) {
  auto& known = parts[x.name];
  if (known.ready != x.ready) spdlog::info("{} is {}{}{}", x.name, x.ready ? "ready" : "not ready", x.detail.empty() ? "" : ": ", x.detail);
  known = std::move(x);
}

readiness_report readiness_state::report() const {
  readiness_report result{!draining, {}};
  for (auto& [part, state] : parts) {
    result.ready = result.ready && state.ready;
    result.parts.push_back(state);
  }
  if (draining) result.parts.push_back({"process", false, "stopping"});
  return result;
}

readiness_actor::behavior_type readiness(readiness_ptr self, std::vector<std::string> expected) {
  for (auto& part : expected) self->state.parts[part] = {part, false, "not started yet"};
  return {
    [self](component_state& x) { self->state.take(x); },
    [self](drain_atom) { self->state.draining = true; },
    [self](start_atom) { return self->state.report(); },
  };
}

} // namespace tidings
