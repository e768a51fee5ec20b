// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "envelopes/token.hpp"

namespace tidings {

/// Who makes a request, and until when that holds.
struct caller {
  token owner;
  std::set<std::string, std::less<>> roles; ///< From the token; empty without one.
  std::optional<std::chrono::system_clock::time_point> ends; ///< The token's end; event streams end with it. None: never.
};

/// Whether the caller has one of the roles; an empty list allows everybody.
inline bool is_allowed(const caller& who, const std::vector<std::string>& roles) {
  for (const auto& role : roles)
    if (who.roles.contains(role)) return true;
  return roles.empty();
}

} // namespace tidings
