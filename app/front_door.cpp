// SPDX-License-Identifier: MIT
#include "app/front_door.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>

#include "envelopes/errc.hpp"
#include "identity/jwk_set.hpp"
#include "net/http_fetch.hpp"

namespace tidings::front_door {

namespace {

constexpr size_t least_secret = 32;        // bytes, as long as what HS256 puts out (RFC 7518, 3.2)
constexpr size_t largest_file = 1024 * 1024;
constexpr std::chrono::seconds fetch_time{10};

caf::error bad(std::string sentence) {
  return make_error(errc::bad_configuration, std::move(sentence));
}

caf::expected<std::string> read_file(const std::string& file, const char* option) {
  std::ifstream in{file, std::ios::binary};
  std::string text(largest_file + 1, '\0');
  if (!in) return bad(std::string{"cannot read the file of "} + option + ", " + file + ": " + std::strerror(errno));
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || in.gcount() == 0) return bad(std::string{"the file of "} + option + ", " + file + ", is empty or cannot be read");
  text.resize(static_cast<size_t>(in.gcount()));
  if (text.size() > largest_file) return bad(std::string{"the file of "} + option + ", " + file + ", is above 1 MiB");
  return text;
}

bool by_secret(const door_options& options) {
  return std::find(options.algorithms.begin(), options.algorithms.end(), "HS256") != options.algorithms.end();
}

caf::expected<std::vector<signing_key>> keys_of(const door_options& options, const caf::expected<std::string>& text) {
  if (!text) return text.error();
  auto keys = parse_jwk_set(*text);
  if (!keys) return bad("the JWK Set " + options.jwks + " " + failure_of(keys.error()).detail);
  return keys;
}

caf::expected<std::vector<signing_key>> read_secret(const door_options& options) {
  auto secret = read_file(options.secret_file, "--jwt-secret-file");
  if (!secret) return secret.error();
  while (secret->ends_with('\n') || secret->ends_with('\r')) secret->pop_back(); // an editor's
  if (secret->size() < least_secret) return bad("the secret in " + options.secret_file + " has fewer than 32 bytes");
  return std::vector{signing_key::of_secret(std::move(*secret))};
}

token_rules rules_of(const door_options& options) {
  token_rules rules{options.issuer, options.audiences, {}, options.roles_claim, std::chrono::seconds{options.leeway_s}};
  for (auto algorithm : {signing_algorithm::rs256, signing_algorithm::es256, signing_algorithm::eddsa, signing_algorithm::hs256})
    if (std::find(options.algorithms.begin(), options.algorithms.end(), to_string(algorithm)) != options.algorithms.end())
      rules.algorithms.push_back(algorithm);
  return rules;
}

caf::error check_tokens(const door_options& options) {
  if (options.issuer.empty() || options.audiences.empty())
    return bad("--auth jwt needs --jwt-issuer and --jwt-audience: a token for somebody else must not count here");
  if (by_secret(options)) {
    if (options.algorithms.size() > 1) return bad("--jwt-alg HS256 must stand alone: a secret and public keys do not go together");
    if (options.secret_file.empty()) return bad("--jwt-alg HS256 needs --jwt-secret-file");
    if (!options.jwks.empty()) return bad("--jwt-alg HS256 takes no --jwks: a secret and public keys do not go together");
    return {};
  }
  if (options.jwks.empty()) return bad("--auth jwt needs --jwks, a file or URL with the issuer's public keys");
  if (fetches_keys(options))
    if (auto url = net::parse_fetch_url(options.jwks); !url) return url.error();
  if (!options.secret_file.empty()) return bad("--jwt-secret-file is for --jwt-alg HS256 only");
  return {};
}

/// A type that somebody meant to restrict; empty if there is none.
std::string restricted_type(const catalog& models) {
  for (const auto& model : models.models()) {
    for (const auto& [type, spec] : model->commands)
      if (!spec.allow.empty()) return type;
    for (const auto& [type, spec] : model->queries)
      if (!spec.allow.empty()) return type;
  }
  return {};
}

} // namespace

caf::error check(const door_options& options, const catalog& models, bool beyond_loopback) {
  if (options.auth == "jwt") return check_tokens(options);
  for (auto& [value, name] : {std::pair{&options.jwks, "--jwks"}, std::pair{&options.issuer, "--jwt-issuer"},
                              std::pair{&options.secret_file, "--jwt-secret-file"}})
    if (!value->empty()) return bad(std::string{name} + " counts only with --auth jwt");
  if (auto type = restricted_type(models); !type.empty())
    return bad("the model allows " + type + " to some roles, which only --auth jwt can tell");
  if (beyond_loopback && !options.allow_anonymous)
    return bad("--listen beyond loopback needs --auth jwt, or --allow-anonymous if whoever reaches the port may use everything");
  return {};
}

bool fetches_keys(const door_options& options) {
  return options.jwks.find("://") != std::string::npos;
}

void read_keys(boost::asio::io_context& io, const door_options& options, std::function<void(caf::expected<std::vector<signing_key>>)> done) {
  if (by_secret(options)) return done(read_secret(options));
  if (!fetches_keys(options)) return done(keys_of(options, read_file(options.jwks, "--jwks")));
  auto url = net::parse_fetch_url(options.jwks);
  if (!url) return done(url.error());
  net::fetch(io, std::move(*url), net::fetch_limits{fetch_time, largest_file, options.jwks_ca},
             [&options, done = std::move(done)](const caf::expected<std::string>& text) {
               if (!text) return done(bad("cannot fetch the JWK Set " + options.jwks + ": " + failure_of(text.error()).detail));
               done(keys_of(options, text));
             });
}

caf::expected<std::vector<signing_key>> first_keys(const door_options& options) {
  if (options.auth != "jwt") return std::vector<signing_key>{};
  caf::expected<std::vector<signing_key>> keys{make_error(errc::internal)};
  boost::asio::io_context io{1};
  read_keys(io, options, [&](caf::expected<std::vector<signing_key>> x) { keys = std::move(x); });
  io.run();
  return keys;
}

std::shared_ptr<gatekeeper> make_gatekeeper(const door_options& options, std::vector<signing_key> keys, std::shared_ptr<event_tickets> tickets) {
  if (options.auth != "jwt") return std::make_shared<gatekeeper>(std::nullopt, std::move(tickets));
  return std::make_shared<gatekeeper>(token_verifier{rules_of(options), std::move(keys)}, std::move(tickets));
}

std::shared_ptr<caller_places> make_places(const door_options& options) {
  if (options.max_waits + options.max_streams + options.max_live_queries == 0) return nullptr;
  return std::make_shared<caller_places>(caller_places{places{options.max_waits}, places{options.max_streams}, places{options.max_live_queries}});
}

edge_rules make_edge(const door_options& options, bool beyond_loopback) {
  // Which names lead to a public address is not ours to know; those of a loopback address are.
  return {beyond_loopback && options.hosts.empty(), options.hosts, options.origins};
}

size_t connections_of(const door_options& options, uint64_t open_files, uint32_t threads) {
  constexpr uint64_t of_a_thread = 10; // its connection to NATS, its loop, its listener
  auto reserve = 160 + of_a_thread * (threads - 1);
  if (open_files == 0) return options.max_connections; // nobody could say
  auto usable = open_files > 2 * reserve ? open_files - reserve : open_files / 2;
  // What is inside TLS comes by a local pair of sockets (net::serve_tls).
  auto files_each = options.tls_certificate.empty() ? 1 : 3;
  return std::min<size_t>(options.max_connections, std::max<size_t>(usable / files_each, 1));
}

} // namespace tidings::front_door
