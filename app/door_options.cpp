// SPDX-License-Identifier: MIT
#include "app/door_options.hpp"

namespace tidings {

namespace {

/// An origin is compared byte by byte with what browsers send, so it must be written like that.
std::string web_origin(const std::string& text) {
  auto wrong = "'" + text + "' is not an origin as browsers send it: give https://app.example.org or http://localhost:3000";
  auto host_at = text.starts_with("https://") ? 8 : text.starts_with("http://") ? 7 : 0;
  if (host_at == 0) return wrong; // also * and null
  auto host = text.substr(static_cast<size_t>(host_at));
  if (host.empty() || host.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-:[]") != std::string::npos) return wrong;
  bool has_default_port = text.ends_with(host_at == 8 ? ":443" : ":80");
  return has_default_port ? "'" + text + "' names the port that browsers leave out of an origin" : "";
}

std::string host_name(const std::string& text) {
  bool good = !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-_:[]") == std::string::npos;
  return good ? "" : "'" + text + "' is not a host as a Host header has it, in lower case: give example.org or example.org:8443";
}

std::string claim_name(const std::string& text) {
  bool bad_escape = false; // RFC 6901
  for (auto i = text.find('~'); text.starts_with('/') && i != std::string::npos; i = text.find('~', i + 1))
    bad_escape |= i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1');
  return text.empty() || bad_escape ? "'" + text + "' is neither the name of a claim nor a JSON pointer" : "";
}

} // namespace

void add_door_options(CLI::App& verb, door_options& x) {
  auto number = [&](const char* name, uint32_t& to, const char* variable, uint32_t least, uint32_t most, const char* what) {
    verb.add_option(name, to, what)->envname(variable)->check(CLI::Range(least, most))->capture_default_str();
  };
  verb.add_option("--auth", x.auth, "Who callers are: none takes sessions that anybody can make, jwt the tokens of an issuer")
    ->envname("TIDINGS_AUTH")
    ->check(CLI::IsMember({"none", "jwt"}))
    ->capture_default_str();
  verb.add_option("--jwks", x.jwks, "File or URL with the issuer's public keys, a JWK Set; read again at SIGHUP")->envname("TIDINGS_JWKS");
  number("--jwks-refresh", x.refresh_s, "TIDINGS_JWKS_REFRESH", 1, 86'400, "Seconds after which keys are fetched again from a URL");
  number("--jwks-cooldown", x.cooldown_s, "TIDINGS_JWKS_COOLDOWN", 1, 86'400, "Seconds after a fetch until a token with an unknown key may cause another");
  verb.add_option("--jwks-ca", x.jwks_ca, "File with the certificates to trust when keys are fetched; the system's by default")
    ->envname("TIDINGS_JWKS_CA")
    ->check(CLI::ExistingFile);
  verb.add_option("--jwt-issuer", x.issuer, "The 'iss' that tokens must have")->envname("TIDINGS_JWT_ISSUER");
  verb.add_option("--jwt-audience", x.audiences, "The 'aud' that tokens must have, one of several; separated by commas")
    ->envname("TIDINGS_JWT_AUDIENCE")
    ->delimiter(',')
    ->take_all();
  verb.add_option("--jwt-alg", x.algorithms, "How tokens may be signed; HS256 only if it is named here, and alone")
    ->envname("TIDINGS_JWT_ALG")
    ->delimiter(',')
    ->check(CLI::IsMember({"RS256", "ES256", "EdDSA", "HS256"}))
    ->take_all()
    ->capture_default_str();
  verb.add_option("--jwt-secret-file", x.secret_file, "File with the shared secret for HS256, 32 bytes or more")->envname("TIDINGS_JWT_SECRET_FILE");
  verb.add_option("--jwt-roles-claim", x.roles_claim, "Where a token lists roles: a claim's name, or a JSON pointer like /realm_access/roles")
    ->envname("TIDINGS_JWT_ROLES_CLAIM")
    ->check(claim_name)
    ->capture_default_str();
  number("--jwt-leeway", x.leeway_s, "TIDINGS_JWT_LEEWAY", 0, 300, "Seconds by which clocks may differ");
  auto* certificate = verb.add_option("--tls-cert", x.tls_certificate, "Serve HTTPS: file with the certificate chain; read again at SIGHUP")->envname("TIDINGS_TLS_CERT");
  auto* key = verb.add_option("--tls-key", x.tls_key, "File with the certificate's private key")->envname("TIDINGS_TLS_KEY");
  certificate->needs(key);
  key->needs(certificate);
  verb.add_flag("--allow-anonymous", x.allow_anonymous, "Listen beyond loopback without --auth: whoever reaches the port may use everything")
    ->envname("TIDINGS_ALLOW_ANONYMOUS");
  verb.add_option("--host", x.hosts, "Names that are served beside loopback's, with or without a port; separated by commas")
    ->envname("TIDINGS_HOST")
    ->delimiter(',')
    ->check(host_name)
    ->take_all();
  verb.add_option("--cors-origin", x.origins, "Origins of other sites whose pages may use this one; separated by commas")
    ->envname("TIDINGS_CORS_ORIGIN")
    ->delimiter(',')
    ->check(web_origin)
    ->take_all();
  number("--max-connections", x.max_connections, "TIDINGS_MAX_CONNECTIONS", 1, 1'000'000, "Connections at a time; beyond it 503");
  number("--max-connections-per-address", x.max_per_address, "TIDINGS_MAX_CONNECTIONS_PER_ADDRESS", 0, 1'000'000, "Of one IPv4 address or IPv6 /64; 0: no limit of its own, as behind a proxy");
  number("--max-waits-per-owner", x.max_waits, "TIDINGS_MAX_WAITS_PER_OWNER", 0, 1'000'000, "Commands that one owner may wait for at a time (without a session: one address); beyond it 429; 0: no limit");
  number("--max-streams-per-owner", x.max_streams, "TIDINGS_MAX_STREAMS_PER_OWNER", 0, 1'000'000, "Event streams of one owner, likewise");
  number("--max-live-queries-per-owner", x.max_live_queries, "TIDINGS_MAX_LIVE_QUERIES_PER_OWNER", 0, 1'000'000, "Live queries of one owner, likewise");
  number("--rate-limit", x.rate_limit, "TIDINGS_RATE_LIMIT", 0, 1'000'000, "Requests a second of one caller (a token's subject, else an address); beyond it 429; 0: no limit");
}

} // namespace tidings
