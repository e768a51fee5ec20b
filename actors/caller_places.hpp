// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include <caf/expected.hpp>

#include "actors/http_router.hpp"
#include "actors/places.hpp"

namespace tidings {

/// What one caller may hold at a time: commands it waits for, event streams, live queries. A caller is an owner; who has no
/// session is told apart by address.
struct caller_places {
  places waits, streams, live_queries;

  /// A place for what the call holds until it is over, to be kept that long. Null: it holds nothing.
  /// @returns `errc::too_many_requests` when the caller holds too much already.
  caf::expected<std::shared_ptr<void>> take(const http_call& call, const std::string& peer);
};

} // namespace tidings
