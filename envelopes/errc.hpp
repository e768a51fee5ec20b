// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <caf/actor_system_config.hpp>
#include <caf/error.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

namespace tidings {

/// Everything that can go wrong between a request and its outcome. The name is the stable `code` a client sees;
/// one table (errc.cpp) maps it to an HTTP status and a title.
/// Values are part of the log format: append, never renumber.
enum class errc : uint8_t {
  /// The request's bytes are not what the protocol allows: framing, JSON syntax, a missing or mistyped field. 400.
  malformed_request = 1,
  /// A type, id or key has characters outside `[A-Za-z0-9_-]{1,64}`. 400.
  invalid_token,
  /// The payload breaks the type's JSON Schema. 422.
  schema_violation,
  /// Nothing lives at this path, or it is not the caller's to see. 404.
  not_found,
  /// The path exists, the method does not. 405.
  method_not_allowed,
  /// The client took too long to send its request. 408.
  request_timeout,
  /// Body above the limit. 413.
  payload_too_large,
  /// Request target above the limit. 414.
  uri_too_long,
  /// Not JSON, or a Content-Encoding. 415.
  unsupported_media_type,
  /// `Expect` other than 100-continue. 417.
  expectation_failed,
  /// The same Idempotency-Key came with another body. 422.
  idempotency_mismatch,
  /// Request head above the limit. 431.
  head_too_large,
  /// This instance holds as many waiting clients as it may. 503 with Retry-After.
  overloaded,
  /// NATS, a stream or the consumer is not there; the command was certainly not stored. 503 with Retry-After.
  unavailable,
  /// The command may or may not have been stored: ask for its outcome, or retry with the same id. 503.
  outcome_unknown,
  /// No model declares the type and nobody answers its subject. 503.
  no_handler,
  /// A service elsewhere did not answer in time. 504.
  handler_timeout,
  /// A service elsewhere answered with something that is not a response envelope. 502.
  bad_reply,
  /// A JetStream stream captures the bus subject and answered with its own acknowledgement. 502.
  subject_captured,
  /// We are stopping. 503 with Retry-After.
  shutting_down,
  /// HTTP version other than 1.0 or 1.1. 505.
  version_not_supported,
  /// A bug of ours. 500.
  internal,
  /// INTERNAL: compare-and-set lost: the key has another revision than expected. Never reaches a client.
  wrong_revision,
  /// INTERNAL: the model file is wrong; ends the program before it serves.
  bad_model,
  /// INTERNAL: configuration or environment refuses to start; ends the program.
  bad_configuration,
  /// JetStream refused to store (disk full, limits). Certainly not stored. 503 with Retry-After.
  storage_refused,
  /// A query waited for a command's write and did not see it in time. 504.
  not_visible_yet,
  /// `If-Match` does not hold. 412.
  precondition_failed,
  /// No or wrong credentials. 401.
  unauthorized,
  /// The caller may not do this. 403.
  forbidden,
  /// Host not allowed here. 421.
  misdirected_request,
  /// Too many requests from this caller. 429 with Retry-After.
  too_many_requests,
  /// None of the media types that the client accepts can be given here. 406.
  not_acceptable,
  /// As many commands wait to be handled as may, and no instance takes more. Certainly not stored. 503 with Retry-After.
  backlog_full,
};

/// One wrong place in a request.
struct field_error {
  std::string pointer; ///< JSON pointer (RFC 6901) into the body; empty means the whole document.
  std::string message; ///< A sentence for a person.
  bool operator==(const field_error&) const = default;
};

/// What an error says beyond its code.
struct failure {
  std::string detail;              ///< A sentence for a person; may be empty.
  std::vector<field_error> errors; ///< The wrong places, if they can be named.
  uint32_t retry_after = 0;        ///< Seconds after which it is worth trying again, if that is known; else 0.
  bool operator==(const failure&) const = default;
};

/// The stable code, e.g. "schema_violation".
std::string_view to_string(errc code);

/// A few words for people, e.g. "Schema violation" (RFC 9457 `title`).
std::string_view title_of(errc code);

/// The HTTP status that tells a client about `code`.
uint16_t http_status_of(errc code);

/// Whether the answer should carry Retry-After.
bool worth_retrying(errc code);

/// Wraps `code` for the actor world.
caf::error make_error(errc code, std::string detail = {});
caf::error make_error(errc code, failure what);

/// Back from the actor world; an error of CAF's own becomes `internal`.
errc code_of(const caf::error& e);
failure failure_of(const caf::error& e);

/// Teaches the actor system to print our errors.
void register_errors(caf::actor_system_config& cfg);

} // namespace tidings

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::field_error)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tidings::failure)
