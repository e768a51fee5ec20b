// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "net/nats_secrets.hpp"

namespace tidings {

/// Whom a verb speaks to over NATS, and as whom.
struct nats_client_options {
  std::string url = "nats://127.0.0.1:4222"; ///< Several separated by commas.
  net::nats_secrets secrets;
};

enum class embedded_nats { refused, allowed };

/// Declares `--nats` and all that belongs to it on `verb`: the one definition for every verb.
/// @param embedded Whether the URL may be the word "embedded".
void add_nats_options(CLI::App& verb, std::string& url, net::nats_secrets& secrets, embedded_nats embedded = embedded_nats::refused);

/// The complaint about a password among the words of a command line, which everybody on the machine can read; else empty.
std::string secret_in_arguments(int argc, const char* const* argv);

} // namespace tidings
