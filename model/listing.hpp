// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <caf/expected.hpp>

#include "envelopes/json_slice.hpp"
#include "model/model.hpp"

namespace tidings {

/// A place in the COMMANDS stream. A stream that was made anew counts from 1 again, so its creation time goes first.
struct log_position {
  uint64_t incarnation = 0; ///< When the stream was created, nanoseconds since 1970.
  uint64_t sequence = 0;
  auto operator<=>(const log_position&) const = default;
};

/// One key of the projection as this process knows it. The document is there as text alone: parsed, it would be a dozen pieces of memory
/// and as much again, and most are only ever passed on.
struct stored_document {
  std::string key;
  uint64_t revision = 0;  ///< KV revision (stream sequence) of this entry.
  log_position position;  ///< Of the command last applied to the key.
  std::string command_id; ///< Command last applied to the key.
  bool deleted = false;   ///< A tombstone: there is no document.
  std::string text;       ///< The document: valid JSON.

  /// The document, parsed; null for a tombstone.
  json value() const { return deleted ? json{} : json_slice{text}.value(); }
  std::optional<json_slice> member(std::string_view name) const { return json_slice{text}.member(name); }
};

using document_ptr = std::shared_ptr<const stored_document>;

/// What a list query asks for.
struct list_request {
  std::string sort; ///< Field, "-" in front for descending; empty: by key.
  size_t limit = 100;
  std::optional<std::string> cursor;               ///< Opaque; from an earlier page.
  std::vector<std::pair<std::string, json>> equal; ///< Filters.
  std::string text;                                ///< `q`.
};

/// Reads a list query's payload: `limit`, `sort`, `cursor`, `q` and the model's filters; numbers may come as text,
/// since GET parameters do. Unknown members are refused by name.
/// @returns `errc::schema_violation` with the pointer.
caf::expected<list_request> parse_list_request(const service_model& model, const query_spec& spec, const json& payload);

/// An in-memory copy of one bucket with the orders its queries need.
class document_table {
public:
  explicit document_table(model_ptr model);
  ~document_table();
  document_table(const document_table&) = delete;
  document_table& operator=(const document_table&) = delete;

  /// Takes a newer entry; one whose revision is not above the known one is ignored.
  /// @returns whether it was taken.
  bool apply(document_ptr entry);

  /// The entry, tombstones included; null if the key was never written.
  document_ptr find(std::string_view key) const;

  /// The live document that has `value` in the unique member `field`, other than `except_key`; null if none.
  document_ptr find_unique(std::string_view field, const json& value, std::string_view except_key) const;

  /// A page as JSON text: `{"items": [...], "next_cursor": null | "...", "total": n}` where total counts all live
  /// documents that fit the filters (only when there is no search or filter; null otherwise, it would cost a full
  /// scan).
  /// @returns `errc::schema_violation` for a cursor that is not ours.
  caf::expected<std::string> list(const query_spec& spec, const list_request& request) const;

  size_t size() const noexcept;       ///< Live documents.
  uint64_t revision() const noexcept; ///< The highest revision seen.

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace tidings
