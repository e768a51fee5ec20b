// SPDX-License-Identifier: MIT
#include "app/serve_options.hpp"

#include <algorithm>
#include <sstream>

#include "envelopes/shown_url.hpp"

namespace tidings {

namespace {

// nats.c would try a wrong scheme for ever.
std::string nats_address(const std::string& text) {
  if (text == "embedded") return {};
  std::istringstream urls{text};
  size_t count = 0;
  for (std::string url; std::getline(urls, url, ','); ++count) {
    auto scheme = url.find("://");
    auto host = scheme == std::string::npos ? url : url.substr(scheme + 3);
    bool known = scheme == std::string::npos || url.starts_with("nats://") || url.starts_with("tls://");
    if (!known || host.empty() || host.find_first_of(" /") != std::string::npos)
      return "'" + without_secrets(url) + "' is not a NATS address: give nats://HOST:PORT, several separated by commas, or embedded";
  }
  return count == 0 ? "give nats://HOST:PORT or embedded" : "";
}

} // namespace

bool has_role(const serve_options& options, std::string_view role) {
  return std::ranges::find(options.roles, role) != options.roles.end();
}

void add_serve_options(CLI::App& verb, serve_options& x) {
  verb.add_option("--listen", x.listen, "Address and port for HTTP; port 0 takes a free one")->envname("TIDINGS_LISTEN")->capture_default_str();
  verb.add_option("--nats", x.nats, "NATS URL, or 'embedded' for a nats-server of our own")
    ->envname("TIDINGS_NATS")
    ->check(nats_address)
    ->capture_default_str();
  auto& secrets = x.nats_secrets;
  verb.add_option("--nats-ca", secrets.ca_file, "File with the certificates to trust; the connection is then by TLS only")->envname("TIDINGS_NATS_CA")->check(CLI::ExistingFile);
  auto* creds = verb.add_option("--nats-creds", secrets.creds_file, "File with a user's JWT and seed")->envname("TIDINGS_NATS_CREDS")->check(CLI::ExistingFile);
  auto* nkey = verb.add_option("--nats-nkey-file", secrets.nkey_file, "File with a user's NKey seed")->envname("TIDINGS_NATS_NKEY_FILE")->check(CLI::ExistingFile);
  auto* user = verb.add_option("--nats-user", secrets.user, "User at NATS")->envname("TIDINGS_NATS_USER");
  auto* password = verb.add_option("--nats-password-file", secrets.password_file, "File with the user's password")
                     ->envname("TIDINGS_NATS_PASSWORD_FILE")
                     ->check(CLI::ExistingFile);
  user->needs(password);
  password->needs(user);
  creds->excludes(nkey)->excludes(user);
  nkey->excludes(user);
  verb.add_option("--store", x.store, "Directory of the embedded nats-server")->envname("TIDINGS_STORE")->capture_default_str();
  verb.add_option("--replicas", x.replicas, "On how many servers of a NATS cluster streams and buckets are kept: 1, 3 or 5")
    ->envname("TIDINGS_REPLICAS")
    ->check(CLI::IsMember({1, 3, 5}))
    ->capture_default_str();
  verb.add_option("--model", x.models, "Model file; may be given several times. Default: the locations example")
    ->envname("TIDINGS_MODEL")
    ->take_all();
  verb.add_option("--roles", x.roles, "gateway takes commands and queries, reactor handles commands; separated by commas")
    ->envname("TIDINGS_ROLES")
    ->delimiter(',')
    ->check(CLI::IsMember({"gateway", "reactor"}))
    ->take_all()
    ->capture_default_str();
  verb.add_option("--threads", x.threads, "Threads that serve: each has its own connection to NATS, copies of the buckets and share of the clients")
    ->envname("TIDINGS_THREADS")
    ->check(CLI::Range(1, 64))
    ->capture_default_str();
  verb.add_option("--default-wait", x.default_wait_ms, "Milliseconds a command waits for its outcome without Prefer: wait")
    ->envname("TIDINGS_DEFAULT_WAIT")
    ->check(CLI::Range(0, 3'600'000))
    ->capture_default_str();
  verb.add_option("--max-wait", x.max_wait_ms, "The most milliseconds a client can ask to wait")
    ->envname("TIDINGS_MAX_WAIT")
    ->check(CLI::Range(0, 3'600'000))
    ->capture_default_str();
  verb.add_flag("--demo", x.demo, "Let clients slow handlers down (Tidings-Delay-Ms), to show what a slow system feels like")
    ->envname("TIDINGS_DEMO");
  add_door_options(verb, x.door);
  verb.add_option("--log-level", x.log_level, "How much to log to standard error")
    ->envname("TIDINGS_LOG_LEVEL")
    ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "critical", "off"}))
    ->capture_default_str();
  verb.add_option("--log-format", x.log_format, "text, or json: one object a line")
    ->envname("TIDINGS_LOG_FORMAT")
    ->check(CLI::IsMember({"text", "json"}))
    ->capture_default_str();
}

} // namespace tidings
