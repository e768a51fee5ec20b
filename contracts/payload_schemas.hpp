// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "contracts/schema_dialect.hpp"
#include "model/catalog.hpp"

namespace tidings::contracts {

// Names of schemas. A dot keeps them apart from those that every Tidings has: types are tokens and have none.
std::string payload_name(const token& type);       ///< What a command or query takes.
std::string answer_name(const token& type);        ///< The payload of its response.
std::string document_name(const service_model& x); ///< One document of the bucket.

/// The schemas under these names for all models.
json model_schemas(const catalog& models, dialect to);

/// What the body of a route may be, when its path gives `params`: the same payload, of which they may be left out.
json body_beside_path(const json& payload, const std::vector<std::string>& params);

} // namespace tidings::contracts
