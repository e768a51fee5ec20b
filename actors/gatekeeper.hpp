// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include <caf/expected.hpp>

#include "actors/caller.hpp"
#include "actors/event_tickets.hpp"
#include "identity/token_verifier.hpp"
#include "net/http_message.hpp"

namespace tidings {

/// Decides who a request comes from: by a session that anybody can make (`--auth none`), or by a token of an issuer that
/// is trusted (`--auth jwt`). One for each thread; the tickets are the process's.
class gatekeeper : public std::enable_shared_from_this<gatekeeper> {
public:
  /// Without tokens: sessions.
  explicit gatekeeper(std::optional<token_verifier> tokens = std::nullopt,
                      std::shared_ptr<event_tickets> tickets = std::make_shared<event_tickets>())
      : tokens_{std::move(tokens)}, tickets_{std::move(tickets)} {}

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
  /// key_renewal::wait, with a way back to this thread for `then`.
  using key_wait = std::function<bool(std::function<void()> then)>;
  /// How keys that a token names and nobody knows are asked for; without it they are not.
  void renew_by(key_wait wait) { wait_ = std::move(wait); }
  /// A request was not admitted. @returns whether keys are being asked for that could change that; then `then` is called
  /// once they are here, or cannot be had. Until then it stays here: what it holds on to is of this thread.
  bool wait_for_keys(const net::http_request& request, std::function<void()> then);
  /// Whoever waits for keys is not told any more.
  void forget_waiting() { waiting_.clear(); }

private:
  void go_on(uint64_t number);

  std::optional<token_verifier> tokens_;
  std::shared_ptr<event_tickets> tickets_;
  key_wait wait_;
  uint64_t waits_ = 0;
  std::unordered_map<uint64_t, std::function<void()>> waiting_;
};

/// What is answered without a token, since it tells nothing: probes, and the page that anybody could have from its source.
bool is_public(std::string_view path);

} // namespace tidings
