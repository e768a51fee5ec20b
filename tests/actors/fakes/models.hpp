// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/catalog.hpp"
#include "tests/model/samples.hpp"

namespace tidings {

/// A model without unique members: its keys are independent.
inline constexpr std::string_view notes = R"({
  "service": "notes",
  "commands": {
    "WriteNote": { "effect": "create",
                   "schema": { "type": "object",
                               "properties": { "id": {}, "text": { "type": "string" } },
                               "required": ["text"] } },
    "EditNote": { "effect": "merge" },
    "PutNote": { "effect": "replace" },
    "TearNote": { "effect": "delete" }
  },
  "queries": { "GetNote": { "effect": "get" }, "ListNotes": { "effect": "list" } },
  "routes": {
    "POST /notes": "WriteNote",
    "GET /notes": "ListNotes",
    "GET /notes/{id}": "GetNote",
    "PUT /notes/{id}": "PutNote",
    "DELETE /notes/{id}": "TearNote",
    "POST /notes/{id}/edits": "EditNote"
  }
})";

/// `places` (unique member: slug) and `notes`.
inline catalog_ptr sample_catalog() {
  auto result = catalog::make({model_of(places), model_of(notes)});
  if (!result) throw std::runtime_error{failure_of(result.error()).detail};
  return *result;
}

/// A member as text, for comparing.
inline std::string text(const json& value) { return value.is_string() ? value.get<std::string>() : dump(value); }

inline token tok(std::string_view text) {
  auto result = token::admit(text, "token");
  if (!result) throw std::runtime_error{failure_of(result.error()).detail};
  return *result;
}

} // namespace tidings
