// SPDX-License-Identifier: MIT
#pragma once

/// Headers of our own on NATS messages. Values are tokens or made by us.
namespace tidings {

/// On a command in the COMMANDS stream.
namespace command_headers {
inline constexpr const char* msg_id = "Nats-Msg-Id";        ///< The command id: the stream drops a second copy.
inline constexpr const char* owner = "Tidings-Owner";       ///< Who may see the outcome.
inline constexpr const char* key = "Tidings-Key";           ///< The entity's key.
inline constexpr const char* digest = "Tidings-Digest";     ///< SHA-256 of the payload, when the client chose the id.
inline constexpr const char* traceparent = "traceparent";   ///< W3C trace context.
inline constexpr const char* expected_revision = "Tidings-Expected-Revision"; ///< Of the document; else the command is rejected.
inline constexpr const char* expires = "Tidings-Expires";   ///< Milliseconds since 1970; not executed after that.
inline constexpr const char* delay = "Tidings-Delay";       ///< Milliseconds the handler takes; demo only.
inline constexpr const char* retry = "Tidings-Retry";       ///< Put back from DEAD_LETTERS, for the how manieth time; from 1.
/// What a command keeps when it is given up, and gets back when it is retried.
inline constexpr const char* kept[] = {owner, key, digest, traceparent, expected_revision, expires, delay};
} // namespace command_headers

/// On an outcome in the NOTIFICATIONS stream.
namespace notification_headers {
inline constexpr const char* status = "Tidings-Status"; ///< completed or failed.
inline constexpr const char* code = "Tidings-Code";     ///< Of a failed outcome.
inline constexpr const char* digest = "Tidings-Digest"; ///< As on the command.
inline constexpr const char* timing = "Tidings-Timing"; ///< Milliseconds from its delivery until handled, and until projected.
inline constexpr const char* traceparent = "traceparent";
inline constexpr const char* retry = "Tidings-Retry";   ///< As on the command: an earlier dead letter does not count then.
inline constexpr const char* expected = "Nats-Expected-Last-Subject-Sequence"; ///< 0: it is stored only if the command has no outcome yet.
} // namespace notification_headers

/// On an entry of a bucket: which command made it.
namespace entry_headers {
inline constexpr const char* command_id = "Tidings-Command-Id";
inline constexpr const char* position = "Tidings-Position"; ///< Of that command in COMMANDS: incarnation.sequence.
inline constexpr const char* expected = "Nats-Expected-Last-Subject-Sequence";
inline constexpr const char* operation = "KV-Operation";    ///< DEL on a tombstone.
inline constexpr const char* traceparent = "traceparent";   ///< As on the command.
} // namespace entry_headers

/// On a dead letter, beside the command's own (`command_headers::kept`, `retry`).
namespace dead_letter_headers {
inline constexpr const char* reason = "Tidings-Reason";
inline constexpr const char* attempts = "Tidings-Attempts";
inline constexpr const char* subject = "Tidings-Subject";   ///< Where it came from.
inline constexpr const char* sequence = "Tidings-Sequence"; ///< In COMMANDS.
inline constexpr const char* time = "Tidings-Time";         ///< When it was stored there, RFC 3339.
} // namespace dead_letter_headers

} // namespace tidings
