// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/interfaces.hpp"

namespace tidings {

struct readiness_state;
using readiness_ptr = readiness_actor::stateful_pointer<readiness_state>;

/// Collects what the parts report. Ready when every expected part has said so and we are not stopping.
struct readiness_state {
  static inline constexpr const char* name = "readiness";

  explicit readiness_state(readiness_ptr self) : self_{self} {}

  void take(component_state& x);
  readiness_report report() const;

  bool draining = false;
  std::map<std::string, component_state> parts;

private:
  readiness_ptr self_;
};

/// @param expected Parts that count as not ready until they report.
readiness_actor::behavior_type readiness(readiness_ptr self, std::vector<std::string> expected);

} // namespace tidings
