// SPDX-License-Identifier: MIT
#include "identity/token_verifier.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "envelopes/errc.hpp"
#include "envelopes/ids.hpp"
#include "identity/base64url.hpp"

namespace tidings {

namespace {

constexpr size_t max_seen = 4096;
constexpr size_t longest_token = 8 * 1024;
constexpr size_t longest_kid = 256;     // of one that is worth asking for
constexpr size_t longest_name = 1024; // of an issuer or a subject, bytes
constexpr double latest = 253402300799; // the year 9999
constexpr double clocks_end = 9'000'000'000; // the year 2255; nanoseconds in 64 bits end soon after it

caf::error wrong(const char* sentence) { return make_error(errc::unauthorized, sentence); }

/// Headers by which a token would bring its own key.
constexpr const char* key_headers[] = {"jwk", "jku", "x5c", "x5u"};

/// Whether a header may be followed: it states an algorithm, and brings neither a key nor an extension.
bool is_header(const json& header) {
  for (const auto* name : key_headers)
    if (header.contains(name)) return false;
  if (header.contains("crit")) return false; // no extension is understood here (RFC 7515, 4.1.11)
  auto stated = header.find("alg");
  auto kid = header.find("kid");
  return stated != header.end() && stated->is_string() && (kid == header.end() || kid->is_string());
}

std::optional<json> object_of(std::string_view base64) {
  auto text = decode_base64url(base64);
  if (!text) return std::nullopt;
  auto parsed = parse_json(*text); // strict: also refuses a member given twice
  if (!parsed || !parsed->is_object()) return std::nullopt;
  return std::move(*parsed);
}

/// A NumericDate (RFC 7519, 2). @returns false when there is one and it is no such date.
bool read_date(const json& claims, const char* name, std::optional<token_verifier::clock::time_point>& out) {
  auto i = claims.find(name);
  if (i == claims.end()) return true;
  if (!i->is_number()) return false;
  auto seconds = i->get<double>();
  if (!std::isfinite(seconds) || seconds < 0 || seconds > latest) return false;
  out = token_verifier::clock::time_point{std::chrono::duration_cast<token_verifier::clock::duration>(std::chrono::duration<double>{std::min(seconds, clocks_end)})};
  return true;
}

bool is_name(const json& claims, const char* name) {
  auto i = claims.find(name);
  return i != claims.end() && i->is_string() && !i->get_ref<const std::string&>().empty() && i->get_ref<const std::string&>().size() <= longest_name;
}

bool names_one_of(const json& audience, const std::vector<std::string>& wanted) {
  auto is_wanted = [&](const json& x) { return x.is_string() && std::find(wanted.begin(), wanted.end(), x.get_ref<const std::string&>()) != wanted.end(); };
  return audience.is_array() ? std::any_of(audience.begin(), audience.end(), is_wanted) : is_wanted(audience);
}

} // namespace

void token_verifier::replace_keys(std::vector<signing_key> keys) {
  keys_ = std::move(keys);
  seen_.clear();
}

caf::expected<identity> token_verifier::verify(std::string_view token, clock::time_point now) {
  if (token.size() > longest_token) return wrong("the token is too long");
  auto digest = sha256_hex(token);
  if (auto i = seen_.find(digest); i != seen_.end()) {
    if (now < i->second.ends) return i->second;
    seen_.erase(i);
  }
  auto who = verify_anew(token, now);
  if (!who) return who;
  if (seen_.size() >= max_seen) seen_.clear();
  seen_.emplace(std::move(digest), *who);
  return who;
}

caf::expected<identity> token_verifier::verify_anew(std::string_view token, clock::time_point now) const {
  auto first = token.find('.');
  auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) return wrong("the token has not three parts");
  auto header = object_of(token.substr(0, first));
  auto signature = decode_base64url(token.substr(second + 1));
  if (!header || !signature) return wrong("the token is not well-formed");
  const auto* key = key_of(*header);
  if (key == nullptr) return wrong("the token's header names no key and algorithm that count here");
  if (!key->verifies(token.substr(0, second), *signature)) return wrong("the token's signature is wrong");
  // Only what its issuer has signed is looked into.
  auto claims = object_of(token.substr(first + 1, second - first - 1));
  if (!claims) return wrong("the token's claims are not one JSON object with each member once");
  return read_claims(*claims, now);
}

bool token_verifier::names_unknown_key(std::string_view token) const {
  if (token.size() > longest_token || std::count(token.begin(), token.end(), '.') != 2) return false;
  auto header = object_of(token.substr(0, token.find('.')));
  if (!header || !is_header(*header)) return false;
  auto kid = header->find("kid");
  if (kid == header->end()) return false;
  const auto& id = kid->get_ref<const std::string&>();
  if (id.empty() || id.size() > longest_kid) return false;
  for (const auto& key : keys_)
    if (key.id() == id || key.algorithm() == signing_algorithm::hs256) return false;
  const auto& stated = header->at("alg").get_ref<const std::string&>();
  return std::any_of(rules_.algorithms.begin(), rules_.algorithms.end(), [&](auto x) { return to_string(x) == stated; });
}

const signing_key* token_verifier::key_of(const json& header) const {
  if (!is_header(header)) return nullptr;
  auto stated = header.find("alg");
  auto kid = header.find("kid");
  const signing_key* found = nullptr;
  for (const auto& key : keys_) {
    if (to_string(key.algorithm()) != stated->get_ref<const std::string&>()) continue;
    if (std::find(rules_.algorithms.begin(), rules_.algorithms.end(), key.algorithm()) == rules_.algorithms.end()) continue;
    // A shared secret has no name.
    if (kid != header.end() && key.algorithm() != signing_algorithm::hs256 && key.id() != kid->get_ref<const std::string&>()) continue;
    if (found != nullptr) return nullptr; // without a kid it must be clear which key is meant
    found = &key;
  }
  return found;
}

caf::expected<identity> token_verifier::read_claims(const json& claims, clock::time_point now) const {
  std::optional<clock::time_point> expires, not_before, issued;
  if (!read_date(claims, "exp", expires) || !read_date(claims, "nbf", not_before) || !read_date(claims, "iat", issued))
    return wrong("exp, nbf or iat of the token is not a date");
  if (!expires) return wrong("the token has no exp");
  if (now >= *expires + rules_.leeway) return wrong("the token has expired");
  if (not_before && now + rules_.leeway < *not_before) return wrong("the token is not valid yet");
  if (issued && now + rules_.leeway < *issued) return wrong("the token was issued in the future");
  if (!is_name(claims, "iss") || claims.at("iss").get_ref<const std::string&>() != rules_.issuer)
    return wrong("the token is from another issuer");
  auto audience = claims.find("aud");
  if (audience == claims.end() || !names_one_of(*audience, rules_.audiences)) return wrong("the token is for another audience");
  if (!is_name(claims, "sub")) return wrong("the token has no sub");
  identity out{rules_.issuer, claims.at("sub").get<std::string>(), {}, *expires + rules_.leeway};
  if (auto err = read_roles(claims, out)) return err;
  return out;
}

caf::error token_verifier::read_roles(const json& claims, identity& out) const {
  const json* found = nullptr;
  if (rules_.roles_claim.starts_with('/')) {
    json::json_pointer at{rules_.roles_claim};
    if (claims.contains(at)) found = &claims.at(at);
  } else if (auto i = claims.find(rules_.roles_claim); i != claims.end()) {
    found = &*i;
  }
  if (found == nullptr) return {};
  if (found->is_string()) { // separated by spaces, as `scope` is (RFC 8693, 4.2)
    std::string_view rest = found->get_ref<const std::string&>();
    while (!rest.empty()) {
      auto end = std::min(rest.find(' '), rest.size());
      if (end > 0) out.roles.emplace(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return {};
  }
  if (!found->is_array()) return wrong("the token's roles are not a list");
  for (const auto& role : *found) {
    if (!role.is_string()) return wrong("the token's roles are not all strings");
    out.roles.insert(role.get<std::string>());
  }
  return {};
}

} // namespace tidings
