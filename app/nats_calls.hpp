// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <caf/expected.hpp>

#include "client/bus.hpp"
#include "net/jetstream.hpp"
#include "net/nats_message.hpp"

namespace tidings {

/// Requests to NATS as an operator's tool makes them. Blocking; each has a deadline.
class nats_calls {
public:
  nats_calls(client::connection nats, std::chrono::milliseconds timeout) : nats_{std::move(nats)}, timeout_{timeout} {}

  struct request {
    std::string subject;
    net::nats_headers headers;
    std::string data;
  };

  /// @returns `errc::unavailable` when nobody answers there, `errc::outcome_unknown` without an answer in time.
  caf::expected<net::nats_message> ask(const request& x) const;

  /// Many at once; the answers in the order of the requests.
  /// @returns the first error of any, as `ask`.
  caf::expected<std::vector<net::nats_message>> ask_all(const std::vector<request>& all) const;

  /// A call to JetStream's API.
  /// @param verb e.g. "STREAM.INFO.COMMANDS".
  /// @returns `errc::not_found` for a stream or message that is not there, `errc::storage_refused` for other refusals.
  caf::expected<json> api(const std::string& verb, const json& body = nullptr) const;

  /// The same for a list of pages: `member` of all of them.
  caf::expected<json> api_list(const std::string& verb, const char* member) const;

  const client::connection& nats() const noexcept { return nats_; }
  std::chrono::milliseconds timeout() const noexcept { return timeout_; }

private:
  client::connection nats_;
  std::chrono::milliseconds timeout_;
};

} // namespace tidings
