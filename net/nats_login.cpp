// SPDX-License-Identifier: MIT
#include "net/nats_login.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <utility>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "envelopes/errc.hpp"
#include "net/nkey.hpp"

namespace tidings::net {

namespace {

constexpr size_t largest_file = 1024 * 1024;

caf::error bad(std::string sentence) { return make_error(errc::bad_configuration, std::move(sentence)); }

std::string file_of(const char* option, const std::string& file) { return std::string{"the file of "} + option + ", " + file + ','; }

void wipe_text(std::string& x) noexcept {
  OPENSSL_cleanse(x.data(), x.size());
  x.clear();
}

caf::expected<std::string> read_file(const std::string& file, const char* option) {
  std::ifstream in{file, std::ios::binary};
  if (!in) return bad(file_of(option, file) + " cannot be read: " + std::strerror(errno));
  std::string text(largest_file + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  auto size = static_cast<size_t>(in.gcount());
  if (in.bad() || size == 0) return bad(file_of(option, file) + " is empty or cannot be read"); // a directory, for one
  if (size > largest_file) return bad(file_of(option, file) + " is above 1 MiB");
  text.resize(size);
  return text;
}

/// The line that begins at `at`, without the end that other systems write.
std::string line_at(std::string_view text, size_t at) {
  auto line = text.substr(at, text.find('\n', at) - at);
  while (line.ends_with('\r') || line.ends_with(' ')) line.remove_suffix(1);
  return std::string{line};
}

caf::expected<std::string> read_line(const std::string& file, const char* option) {
  auto text = read_file(file, option);
  if (!text) return text.error();
  auto line = line_at(*text, 0);
  wipe_text(*text);
  if (line.empty()) return bad(file_of(option, file) + " begins with an empty line");
  if (line.find('\0') != std::string::npos) return bad(file_of(option, file) + " is not text");
  return line;
}

/// What stands below the line "-----BEGIN {name}-----"; empty if there is none.
std::string below(std::string_view text, std::string_view name) {
  auto at = text.find("-----BEGIN " + std::string{name} + "-----");
  if (at == std::string_view::npos) return {};
  at = text.find('\n', at);
  while (at != std::string_view::npos && at + 1 < text.size() && (text[at + 1] == '\n' || text[at + 1] == '\r')) at = text.find('\n', at + 1);
  return at == std::string_view::npos ? std::string{} : line_at(text, at + 1);
}

bool looks_like_jwt(std::string_view x) {
  auto is_part = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.'; };
  return std::ranges::count(x, '.') == 2 && std::ranges::all_of(x, is_part) && !x.starts_with('.') && !x.ends_with('.');
}

/// nats.c takes a file without certificates for one with none to trust.
bool holds_certificate(const std::string& pem) {
  std::unique_ptr<BIO, decltype(&BIO_free)> in{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free};
  std::unique_ptr<X509, decltype(&X509_free)> first{in ? PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr) : nullptr, X509_free};
  ERR_clear_error();
  return first != nullptr;
}

/// nats.c frees what it is given.
char* copy(const std::string& x) { return ::strdup(x.c_str()); }

} // namespace

void nats_login::contents::wipe() noexcept {
  for (auto* x : {&key, &jwt, &seed, &password}) wipe_text(*x);
}

nats_login::~nats_login() { now_.wipe(); }

caf::error nats_login::read_into(contents& out) const {
  for (auto [file, option, text] : {std::tuple{&files_.ca_file, "--nats-ca", &out.ca}, std::tuple{&files_.cert_file, "--nats-cert", &out.cert},
                                    std::tuple{&files_.key_file, "--nats-key", &out.key}}) {
    if (file->empty()) continue;
    auto read = read_file(*file, option);
    if (!read) return read.error();
    *text = std::move(*read);
  }
  if (!out.ca.empty() && !holds_certificate(out.ca)) return bad(file_of("--nats-ca", files_.ca_file) + " holds no certificates in PEM that can be used");
  if (!files_.creds_file.empty()) {
    auto text = read_file(files_.creds_file, "--nats-creds");
    if (!text) return text.error();
    out.jwt = below(*text, "NATS USER JWT");
    out.seed = below(*text, "USER NKEY SEED");
    wipe_text(*text);
    if (!looks_like_jwt(out.jwt) || !public_nkey(out.seed))
      return bad(file_of("--nats-creds", files_.creds_file) + " does not hold a user's JWT and seed as nsc writes them");
  }
  if (!files_.nkey_file.empty()) {
    auto seed = read_line(files_.nkey_file, "--nats-nkey-file");
    if (!seed) return seed.error();
    auto key = public_nkey(*seed);
    if (!key) return bad(file_of("--nats-nkey-file", files_.nkey_file) + " cannot be used: " + failure_of(key.error()).detail);
    out.seed = std::move(*seed);
    out.public_key = std::move(*key);
  }
  if (!files_.password_file.empty()) {
    auto password = read_line(files_.password_file, "--nats-password-file");
    if (!password) return password.error();
    out.password = std::move(*password);
  }
  return {};
}

caf::error nats_login::read() {
  contents fresh;
  if (auto err = read_into(fresh)) {
    fresh.wipe();
    return err;
  }
  std::lock_guard guard{mutex_};
  std::swap(now_, fresh);
  fresh.wipe();
  told_.clear();
  return {};
}

void nats_login::read_again() {
  if (auto err = read()) tell(err);
}

void nats_login::renew(natsOptions* options) {
  read_again();
  if (auto err = apply(options)) tell(err);
}

void nats_login::tell(const caf::error& why) {
  auto sentence = failure_of(why).detail + "; what was read before still counts";
  {
    std::lock_guard guard{mutex_};
    if (std::exchange(told_, sentence) == sentence) return; // once, not once an attempt
  }
  if (on_trouble) on_trouble(std::move(sentence));
}

caf::error nats_login::apply(natsOptions* options) {
  std::lock_guard guard{mutex_};
  bool secure = !now_.ca.empty() || !now_.cert.empty();
  if (secure && natsOptions_SetSecure(options, true) != NATS_OK) return bad("this build of nats.c has no TLS");
  if (!now_.ca.empty() && natsOptions_SetCATrustedCertificates(options, now_.ca.c_str()) != NATS_OK)
    return bad(file_of("--nats-ca", files_.ca_file) + " holds no certificates in PEM that can be used");
  if (!now_.cert.empty() && natsOptions_SetCertificatesChain(options, now_.cert.c_str(), now_.key.c_str()) != NATS_OK)
    return bad(file_of("--nats-cert", files_.cert_file) + " and that of --nats-key, " + files_.key_file + ", hold no certificate with its key in PEM that can be used");
  if (!now_.jwt.empty() && natsOptions_SetUserCredentialsCallbacks(options, give_jwt, this, sign, this) != NATS_OK)
    return bad(file_of("--nats-creds", files_.creds_file) + " cannot be used");
  if (!now_.public_key.empty() && natsOptions_SetNKey(options, now_.public_key.c_str(), sign, this) != NATS_OK)
    return bad(file_of("--nats-nkey-file", files_.nkey_file) + " cannot be used");
  if (!files_.user.empty() && natsOptions_SetUserInfo(options, files_.user.c_str(), now_.password.c_str()) != NATS_OK)
    return bad("--nats-user and its password cannot be used");
  return {};
}

caf::error nats_login::check() {
  if (auto err = read()) return err;
  natsOptions* raw = nullptr;
  auto status = natsOptions_Create(&raw);
  std::unique_ptr<natsOptions, void (*)(natsOptions*)> scratch{raw, natsOptions_Destroy};
  if (status != NATS_OK) return make_error(errc::internal, natsStatus_GetText(status));
  return apply(raw);
}

natsStatus nats_login::give_jwt(char** jwt, char**, void* self) {
  auto& login = *static_cast<nats_login*>(self);
  login.read_again();
  std::lock_guard guard{login.mutex_};
  *jwt = copy(login.now_.jwt);
  return *jwt != nullptr ? NATS_OK : NATS_NO_MEMORY;
}

natsStatus nats_login::sign(char**, unsigned char** signature, int* size, const char* nonce, void* self) {
  auto& login = *static_cast<nats_login*>(self);
  std::lock_guard guard{login.mutex_};
  return nats_Sign(login.now_.seed.c_str(), nonce, signature, size);
}

} // namespace tidings::net
