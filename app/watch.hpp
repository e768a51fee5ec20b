// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace tidings {

/// What `tidings watch` is told.
struct watch_options {
  std::string url = "http://127.0.0.1:8080";
  std::string session;       ///< Empty: a new one is asked for and printed.
  std::string token_file;    ///< With a token of the gateway's issuer, instead of a session; may be empty.
  std::string ca_file;       ///< Whom to trust by https; empty: the system's authorities.
  std::string last_event_id; ///< Where to resume; may be empty.
  std::string command_id;    ///< Set: only this command, until its outcome.
  bool as_json = false;      ///< The documents themselves, one a line.
};

/// Declares the options on `verb`.
void add_watch_options(CLI::App& verb, watch_options& options);

/// Follows events and prints each as a line, coming back whenever the connection breaks, until Ctrl-C.
/// @returns the process's exit code: 0 after Ctrl-C or a command's outcome, 1 when the gateway refuses, 2 for a bad
/// URL.
int watch(const watch_options& options);

} // namespace tidings
