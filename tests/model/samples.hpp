// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "envelopes/errc.hpp"
#include "model/model.hpp"

namespace tidings {

/// A model with one of everything; tests change its text where they need another.
inline constexpr std::string_view places = R"({
  "service": "places",
  "unique": ["slug"],
  "commands": {
    "CreatePlace": { "effect": "create",
                     "schema": { "type": "object",
                                 "properties": { "id": {}, "name": { "type": "string" }, "rank": {}, "slug": {} },
                                 "required": ["name"] },
                     "actions": [{ "type": "redirect", "data": "/places/{id}" }] },
    "PutPlace": { "effect": "replace" },
    "ChangePlace": { "effect": "merge" },
    "DropPlace": { "effect": "delete" }
  },
  "queries": {
    "GetPlace": { "effect": "get" },
    "ListPlaces": { "effect": "list", "sort": "-rank", "filters": ["kind"], "search": ["name", "note"],
                    "limit": 3, "max_limit": 50 }
  },
  "routes": {
    "POST /places": "CreatePlace",
    "GET /places": "ListPlaces",
    "GET /places/{id}": "GetPlace",
    "DELETE /places/{id}": "DropPlace"
  }
})";

/// The model in `text`; a test that gets this wrong ends.
inline model_ptr model_of(std::string_view text) {
  auto result = load_model(text, "test.json");
  if (!result) throw std::runtime_error{failure_of(result.error()).detail};
  return *result;
}

/// `text` with one part of it replaced.
inline std::string with(std::string_view text, std::string_view from, std::string_view to) {
  auto result = std::string{text};
  auto at = result.find(from);
  if (at == std::string::npos) throw std::runtime_error{"the sample does not contain " + std::string{from}};
  return result.replace(at, from.size(), to);
}

inline json parsed(std::string_view text) {
  auto result = parse_json(text);
  if (!result) throw std::runtime_error{failure_of(result.error()).detail};
  return std::move(*result);
}

} // namespace tidings
