// SPDX-License-Identifier: MIT
#include "app/nats_client_options.hpp"

#include <sstream>
#include <string_view>

#include "envelopes/shown_url.hpp"

namespace tidings {

namespace {

// nats.c would try a wrong scheme for ever.
std::string nats_address(const std::string& text, embedded_nats embedded) {
  bool may_embed = embedded == embedded_nats::allowed;
  if (may_embed && text == "embedded") return {};
  auto give = std::string{"give nats://HOST:PORT, several separated by commas"} + (may_embed ? ", or embedded" : "");
  std::istringstream urls{text};
  size_t count = 0;
  for (std::string url; std::getline(urls, url, ','); ++count) {
    auto scheme = url.find("://");
    auto host = scheme == std::string::npos ? url : url.substr(scheme + 3);
    bool known = scheme == std::string::npos || url.starts_with("nats://") || url.starts_with("tls://");
    if (!known || host.empty() || host.find_first_of(" /") != std::string::npos)
      return "'" + without_secrets(url) + "' is not a NATS address: " + give;
  }
  return count == 0 ? give : "";
}

} // namespace

void add_nats_options(CLI::App& verb, std::string& url, net::nats_secrets& x, embedded_nats embedded) {
  verb.add_option("--nats", url, embedded == embedded_nats::allowed ? "NATS URL, or 'embedded' for a nats-server of our own" : "NATS URL")
    ->envname("TIDINGS_NATS")
    ->check(CLI::Validator{[embedded](const std::string& text) { return nats_address(text, embedded); }, ""})
    ->capture_default_str();
  auto file = [&](const char* name, std::string& to, const char* what, const char* variable) {
    return verb.add_option(name, to, what)->envname(variable)->check(CLI::ExistingFile);
  };
  file("--nats-ca", x.ca_file, "File with the certificates to trust; the connection is then by TLS only", "TIDINGS_NATS_CA");
  auto* certificate = file("--nats-cert", x.cert_file, "File with a certificate of our own, for servers that ask for one", "TIDINGS_NATS_CERT");
  auto* key = file("--nats-key", x.key_file, "File with that certificate's private key", "TIDINGS_NATS_KEY");
  auto* creds = file("--nats-creds", x.creds_file, "File with a user's JWT and seed", "TIDINGS_NATS_CREDS");
  auto* nkey = file("--nats-nkey-file", x.nkey_file, "File with a user's NKey seed", "TIDINGS_NATS_NKEY_FILE");
  auto* user = verb.add_option("--nats-user", x.user, "User at NATS")->envname("TIDINGS_NATS_USER");
  auto* password = file("--nats-password-file", x.password_file, "File with the user's password", "TIDINGS_NATS_PASSWORD_FILE");
  certificate->needs(key);
  key->needs(certificate);
  user->needs(password);
  password->needs(user);
  creds->excludes(nkey)->excludes(user);
  nkey->excludes(user);
}

std::string secret_in_arguments(int argc, const char* const* argv) {
  for (int i = 1; i < argc; ++i) {
    std::string_view word{argv[i]};
    if (word.starts_with("--nats=")) word.remove_prefix(7);
    else if (std::string_view{argv[i - 1]} != "--nats") continue;
    if (without_secrets(std::string{word}) != word)
      return "--nats on the command line holds a secret, which everybody on the machine can read: give the URL by TIDINGS_NATS, or use "
             "--nats-user with --nats-password-file";
  }
  return {};
}

} // namespace tidings
