// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/expected.hpp>

#include "envelopes/json_slice.hpp"
#include "envelopes/requests.hpp"
#include "model/model.hpp"

namespace tidings {

/// The command's new document.
struct write_document {
  json document;
  bool operator==(const write_document&) const = default;
};

/// The command takes the document away.
struct remove_document {
  bool operator==(const remove_document&) const = default;
};

/// The command may not happen; the caller reads why.
struct rejection {
  std::string code;    ///< A stable word: already_exists, missing, not_unique (conflicts, 409) or another (422).
  std::string message; ///< A sentence.
  bool operator==(const rejection&) const = default;
};

using decision = std::variant<write_document, remove_document, rejection>;

/// Decides without a handler elsewhere. Deterministic: `created_at` is the command's timestamp, a new id comes from the
/// command id, so a redelivery decides the same.
/// @param current The document under the key, or null.
decision decide(const service_model& model, const command_spec& spec, const command_request& command,
                const json& current);

/// The key `payload` addresses: its key member, or for `create` without one the uuid of the command id.
/// @returns `errc::schema_violation` with the pointer when it is missing, not a string or not a token.
caf::expected<token> key_of(const service_model& model, const command_spec& spec, const json& payload,
                            std::string_view command_id);

/// The rejection of a document whose unique member `field` has a value that another document has:
/// `User already exists with email: alice@example.com`.
rejection not_unique(const service_model& model, std::string_view field, const json& value);

/// The HTTP status of a rejection: 412 for another revision than expected, 409 for another conflict with what is stored,
/// else 422.
uint16_t http_status_of_rejection(std::string_view code);

/// Fills `{field}` in the strings of action templates from `document`.
/// @returns a JSON array, as an outcome has it.
std::string expand_actions(const std::vector<action>& templates, json_slice document);

} // namespace tidings

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::decision)
