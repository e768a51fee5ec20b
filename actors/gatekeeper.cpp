// SPDX-License-Identifier: MIT
#include "actors/gatekeeper.hpp"

#include <algorithm>

#include "actors/owner.hpp"
#include "envelopes/errc.hpp"
#include "net/http_syntax.hpp"

namespace tidings {

namespace {

constexpr std::string_view token_cookie = "tidings_token=";
constexpr std::string_view scheme = "bearer ";

/// The token of a request: its Authorization header, else its cookie; empty if there is none.
/// Two headers could be read in two ways by two programs, so they are an error.
caf::expected<std::string_view> token_of(const net::http_request& request) {
  std::string_view found;
  size_t count = 0;
  for (const auto& [name, value] : request.headers) {
    if (name != "authorization") continue;
    found = value;
    ++count;
  }
  if (count > 1) return make_error(errc::unauthorized, "the request has more than one Authorization header");
  if (count == 0) return cookie_value(request.header("cookie"), token_cookie);
  if (found.size() <= scheme.size() || !net::equals_lower(found.substr(0, scheme.size()), scheme))
    return make_error(errc::unauthorized, "the Authorization header must be: Bearer, a space and a token");
  return found.substr(scheme.size());
}

} // namespace

caf::expected<caller> gatekeeper::admit(const net::http_request& request) {
  if (!tokens_) {
    auto owner = owner_of(request);
    if (!owner) return owner.error();
    return caller{std::move(*owner), {}, std::nullopt};
  }
  auto token = token_of(request);
  if (!token) return token.error();
  if (token->empty()) return make_error(errc::unauthorized, "a token is needed here: send Authorization: Bearer and the token");
  auto who = tokens_->verify(*token, token_verifier::clock::now());
  if (!who) return who.error();
  return caller{owner_of_identity(*who), std::move(who->roles), who->ends};
}

caf::expected<std::string> gatekeeper::issue_ticket(const caller& who) {
  if (who.owner == public_owner()) return make_error(errc::unauthorized, "a ticket needs a session: POST /session makes one");
  return tickets_->issue(who, event_tickets::clock::now());
}

caf::expected<caller> gatekeeper::redeem_ticket(std::string_view ticket) {
  auto who = tickets_->redeem(ticket, event_tickets::clock::now());
  if (!who) return make_error(errc::unauthorized, "the ticket is unknown, used already or too old; POST /events/ticket makes one");
  return std::move(*who);
}

std::string gatekeeper::challenge(const net::http_request& request) const {
  std::string result = "Bearer realm=\"tidings\"";
  auto token = token_of(request);
  if (!token || !token->empty()) result += ", error=\"invalid_token\"";
  return result;
}

void gatekeeper::replace_keys(std::vector<signing_key> keys) {
  if (tokens_) tokens_->replace_keys(std::move(keys));
}

bool gatekeeper::wait_for_keys(const net::http_request& request, std::function<void()> then) {
  if (!tokens_ || !wait_) return false;
  auto token = token_of(request);
  if (!token || !tokens_->names_unknown_key(*token)) return false;
  auto number = ++waits_;
  waiting_.emplace(number, std::move(then)); // first: the answer may come at once
  auto waits = wait_([weak = weak_from_this(), number] {
    if (auto self = weak.lock()) self->go_on(number);
  });
  if (!waits) waiting_.erase(number);
  return waits;
}

void gatekeeper::go_on(uint64_t number) {
  if (auto waiting = waiting_.extract(number)) waiting.mapped()();
}

bool is_public(std::string_view path) {
  return path == "/" || path == "/healthz" || path == "/readyz" || path.starts_with("/assets/");
}

} // namespace tidings
