// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "contracts/answers.hpp"
#include "contracts/contract_settings.hpp"
#include "contracts/payload_schemas.hpp"
#include "model/catalog.hpp"

namespace tidings::contracts {

/// An OpenAPI document while it grows.
struct openapi_draft {
  const catalog& models;
  const contract_settings& settings;
  json paths = json::object();
  component_pool pool;
};

/// An operation without its parameters and body.
struct operation_head {
  std::string id;          ///< Unique in the document.
  std::string tag;
  std::string summary;
  std::string description; ///< Empty: the summary says it all.
};

enum class access : uint8_t {
  open,             ///< Needs and knows nobody.
  known,            ///< Needs no session; where callers are known by tokens, it needs one.
  session_optional, ///< With a session it is the session's; without one everybody's who knows the id.
  session_required,
};

/// Assembles it; every operation can meet the errors of framing.
json make_operation(openapi_draft& draft, operation_head head, json parameters, answers responses, access who);

// Each adds its part of the paths.
void add_own_operations(openapi_draft& draft);
/// `POST /commands/{Type}` for each type, and for those that no model declares.
void add_command_operations(openapi_draft& draft);
/// `GET` and `POST /queries/{Type}`, likewise.
void add_query_operations(openapi_draft& draft);
/// The models' routes.
void add_resource_operations(openapi_draft& draft);

/// A command by whatever path. @param body Null: none.
json command_operation(openapi_draft& draft, const service_model& model, const command_spec& spec, operation_head head, json body);

/// What a query's operation depends on beside its spec.
struct query_way {
  std::string method;
  std::vector<std::string> params; ///< Given by the path.
};
json query_operation(openapi_draft& draft, const service_model& model, const query_spec& spec, operation_head head, const query_way& way);

/// A JSON body of this schema.
json json_body(json schema, bool required);

/// The sentence in the model file about `spec`; a word of its effect if there is none.
std::string about(const service_model& model, const command_spec& spec);
std::string about(const service_model& model, const query_spec& spec);

} // namespace tidings::contracts
