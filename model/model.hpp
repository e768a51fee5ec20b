// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <caf/expected.hpp>

#include "envelopes/json.hpp"
#include "envelopes/outcome.hpp"
#include "envelopes/token.hpp"
#include "model/schema.hpp"

namespace tidings {

/// The bucket that Tidings keeps its own leases in; no model may have it.
inline constexpr const char* lease_bucket = "tidings_leases";

/// What a command does to the document under its key (DESIGN.md, "The model file").
enum class command_effect : uint8_t {
  create,  ///< Makes it; rejects an existing key.
  replace, ///< Upserts it whole.
  merge,   ///< Overwrites the given members (RFC 7396 merge patch); rejects a missing key.
  remove,  ///< Deletes it; rejects a missing key. "delete" in the file.
};

enum class query_effect : uint8_t { get, list };

/// A service that decides in our place, reached by NATS request-reply.
struct remote_handler {
  std::string subject;               ///< Checked when the model loads; no wildcards.
  std::chrono::milliseconds timeout; ///< For one attempt.
};

struct command_spec {
  token type;
  command_effect effect;
  json schema;                              ///< As written, for the page and the contracts.
  std::shared_ptr<const json_schema> check; ///< Never null; accepts everything when the file has no schema.
  std::vector<action> actions;              ///< Templates: `{field}` in strings is taken from the new document.
  std::optional<remote_handler> handler;
  std::chrono::milliseconds timeout; ///< Default deadline over NATS; 10 s.
  std::vector<std::string> allow;    ///< Roles of which a caller over HTTP needs one; empty: every caller may.
};

struct query_spec {
  token type;
  query_effect effect;
  std::string sort;                         ///< list: field, "-" in front for descending; empty: by key.
  std::vector<std::string> filters;         ///< list: fields the payload may ask to be equal.
  std::vector<std::string> search;          ///< list: fields in which payload `q` is looked for, case-insensitively.
  size_t limit = 100;                       ///< list: page size when the payload has none.
  size_t max_limit = 1000;                  ///< list: the most a payload may ask for.
  std::chrono::milliseconds timeout;        ///< Default deadline over NATS; 3 s.
  json schema;                              ///< Of the payload, as written.
  std::shared_ptr<const json_schema> check; ///< Never null; accepts everything when the file has no schema.
  std::vector<std::string> allow;           ///< As of a command.
};

/// One `"METHOD /path/{param}": "Type"` line.
struct route_spec {
  std::string method;
  std::vector<std::string> segments; ///< "{name}" for a parameter.
  token type;
  bool is_command;
};

/// One model file.
struct service_model {
  token service;
  token bucket;
  std::string noun;                ///< What messages call one document, e.g. "Location" for "locations".
  std::string key;                 ///< The document member that is its key; "id" unless the file says otherwise.
  std::vector<std::string> unique; ///< Members no two documents may share a value of.
  std::map<std::string, command_spec, std::less<>> commands;
  std::map<std::string, query_spec, std::less<>> queries;
  std::vector<route_spec> routes;
  /// Fields a list may be sorted by: the key, created_at, updated_at and what the file names. A closed set, since each
  /// one that is asked for costs an index.
  std::set<std::string, std::less<>> sortable;
  json source; ///< The file as written.
};

using model_ptr = std::shared_ptr<const service_model>;

/// Reads a model. Every member is checked; an unknown one is refused, since a typo would silently switch a rule off.
/// @param name Names the file in errors.
/// @returns `errc::bad_model` with one sentence that names file, place and what to do.
caf::expected<model_ptr> load_model(std::string_view text, std::string_view name);

} // namespace tidings
