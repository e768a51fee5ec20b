// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <caf/expected.hpp>

#include "actors/caller.hpp"
#include "actors/event_tickets.hpp"
#include "identity/key_renewal.hpp"
#include "identity/token_verifier.hpp"
#include "net/http_message.hpp"

namespace tidings {

/// Decides who a request comes from: by a session that anybody can make (`--auth none`), or by a token of an issuer that
/// is trusted (`--auth jwt`). One for a process, on its one thread.
class gatekeeper {
public:
  /// Without tokens: sessions.
  explicit gatekeeper(std::optional<token_verifier> tokens = std::nullopt) : tokens_{std::move(tokens)} {}

  /// Whether a request without a token gets nothing but what is public.
  bool wants_tokens() const noexcept { return tokens_.has_value(); }

  /// Who sends the request. Errors: `unauthorized` for tokens, `malformed_request` for sessions.
  caf::expected<caller> admit(const net::http_request& request);

  /// A ticket for one event stream. Errors: `unauthorized` when the caller is nobody in particular, and those of
  /// event_tickets.
  caf::expected<std::string> issue_ticket(const caller& who);
  /// Who the ticket is of; `unauthorized` when it is unknown, used or too old.
  caf::expected<caller> redeem_ticket(std::string_view ticket);

  /// `WWW-Authenticate` of a 401 (RFC 6750, 3).
  std::string challenge(const net::http_request& request) const;

  /// The issuer's keys have changed. Only with tokens.
  void replace_keys(std::vector<signing_key> keys);
  /// How keys that a token names and nobody knows are asked for; without it they are not.
  void renew_by(std::shared_ptr<key_renewal> renewal) { renewal_ = std::move(renewal); }
  /// A request was not admitted. @returns whether keys are being asked for that could change that; then `then` is called
  /// once they are here, or cannot be had.
  bool wait_for_keys(const net::http_request& request, std::function<void()> then);

private:
  std::optional<token_verifier> tokens_;
  event_tickets tickets_;
  std::shared_ptr<key_renewal> renewal_;
};

/// What is answered without a token, since it tells nothing: probes, and the page that anybody could have from its source.
bool is_public(std::string_view path);

} // namespace tidings
