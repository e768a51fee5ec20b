// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <mutex>
#include <string>

#include <caf/error.hpp>
#include <nats/nats.h>

#include "net/nats_secrets.hpp"

namespace tidings::net {

/// What the files of `nats_secrets` hold. They are read before anything connects, and again whenever a connection is made
/// anew, since secrets are rotated; a file that has become bad meanwhile changes nothing.
/// nats.c asks for secrets on threads of its own, so all of this may be used from any.
class nats_login {
public:
  explicit nats_login(nats_secrets files) : files_{std::move(files)} {}
  ~nats_login();
  nats_login(const nats_login&) = delete;
  nats_login& operator=(const nats_login&) = delete;

  /// Reads all files (again). @returns `errc::bad_configuration`, one sentence that names the option; then what was read
  /// before still counts.
  caf::error read();

  /// Tells `options` to log in like that. They, and what is connected by them, must not outlive this.
  /// @returns `errc::bad_configuration` for certificates that OpenSSL cannot use.
  caf::error apply(natsOptions* options);

  /// A server has refused us: reads and applies again. What is bad changes nothing, and is told to `on_trouble`.
  void renew(natsOptions* options);

  /// Reads and tries out: `read`, and `apply` to options that nobody uses.
  caf::error check();

  /// Hears a sentence when a file cannot be used while a connection is made anew. Set before `apply`; called on any thread.
  std::function<void(std::string)> on_trouble;

private:
  struct contents {
    std::string ca, cert, key; ///< PEM.
    std::string jwt, seed;     ///< Of the credentials, or the seed of the NKey alone.
    std::string public_key;    ///< Of the NKey alone.
    std::string password;
    void wipe() noexcept;
  };

  caf::error read_into(contents& out) const;
  void read_again();
  void tell(const caf::error& why);
  static natsStatus give_jwt(char** jwt, char** why, void* self);
  static natsStatus sign(char** why, unsigned char** signature, int* size, const char* nonce, void* self);

  const nats_secrets files_;
  std::mutex mutex_;
  contents now_;             // under mutex_
  std::string told_;         // the last trouble, so that it is told once; under mutex_
};

} // namespace tidings::net
