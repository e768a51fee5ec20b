// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "envelopes/json.hpp"

namespace tidings::contracts {

enum class dialect : uint8_t {
  draft_07, ///< As model files have it; AsyncAPI's own.
  v2020_12, ///< OpenAPI 3.1's.
};

/// A model's schema for a place within another document; never a boolean.
/// @param schema Draft-07, accepted by `json_schema::compile`.
/// @param base Where it will stand, e.g. `#/components/schemas/CreateLocation.payload`: its references lead there.
/// @param to The dialect that readers of the document expect; where a keyword has changed between them it is rewritten.
json embed_schema(const json& schema, std::string_view base, dialect to);

} // namespace tidings::contracts
