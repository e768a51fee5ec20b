// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include <caf/expected.hpp>

#include "envelopes/json.hpp"
#include "envelopes/outcome.hpp"

struct __natsConnection;

namespace tidings::net {
class nats_login;
}

/// For C++ programs that send commands and queries over NATS. Blocking; use one bus from one thread at a time.
namespace tidings::client {

using std::chrono::milliseconds;

/// A NATS connection that several buses may share.
using connection = std::shared_ptr<__natsConnection>;

/// @param url e.g. nats://127.0.0.1:4222, or several with commas between.
/// @param login Read already (`net::nats_login::check`); null: what the URL says.
/// @returns `errc::unavailable` when nobody answers there, or not to us; `errc::bad_configuration` for a login that cannot be used.
caf::expected<connection> connect(const std::string& url, std::shared_ptr<net::nats_login> login = nullptr);

/// What a service answered.
struct answer {
  std::string id; ///< Of the command or query.
  outcome_status status = outcome_status::pending;
  std::string code;     ///< Of a failure; may be empty.
  std::string error;    ///< A sentence; empty unless failed.
  std::string document; ///< The response envelope as it came.
};

/// Errors that are no answers: `no_handler` at once when nobody subscribes; `handler_timeout` when nothing came in
/// time, so that the outcome is unknown; `bad_reply`, `subject_captured`, `unavailable`.
class command_bus {
public:
  /// @param timeout How long `execute` waits for the outcome.
  /// @param service_id Who sends; a token.
  command_bus(connection nats, milliseconds timeout, std::string service_id);

  /// The same bus with another timeout.
  command_bus with_timeout(milliseconds timeout) const;
  /// Called with each pending answer while the outcome is awaited.
  command_bus on_pending(std::function<void(const answer&)> listener) const;

  /// Sends a command and waits. An answer that is still pending is followed by asking again with the same id, which
  /// Tidings takes for the same command, until the timeout; then the pending answer is returned.
  /// @param id Chosen by the caller, for retries across processes; empty: made here.
  caf::expected<answer> execute(const std::string& type, const json& payload, std::string id = {}) const;

private:
  connection nats_;
  milliseconds timeout_;
  std::string service_id_;
  std::function<void(const answer&)> pending_;
};

/// Likewise for queries, which are never pending.
class query_bus {
public:
  query_bus(connection nats, milliseconds timeout, std::string service_id);
  query_bus with_timeout(milliseconds timeout) const;
  caf::expected<answer> execute(const std::string& type, const json& payload) const;

private:
  connection nats_;
  milliseconds timeout_;
  std::string service_id_;
};

} // namespace tidings::client
