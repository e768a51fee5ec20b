// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Which promise an acknowledged command has when the power fails (docs/durability.md, "When the power fails").
namespace tidings {

enum class durability : uint8_t {
  os,         ///< Handed to the operating system, which writes it to disk in its time.
  fsync,      ///< Synced to disk before it is acknowledged.
  replicated, ///< On a majority of three servers before it is acknowledged.
};

std::string_view to_string(durability x);

/// On how many servers each stream and bucket must be.
uint32_t replicas_of(durability x);

/// A nats-server's version.
struct server_version {
  uint32_t major = 0, minor = 0, patch = 0;
  auto operator<=>(const server_version&) const = default;
};

/// Reads `2.9.10`, `v2.10.27-beta.1` or `nats-server: v2.9.10`.
std::optional<server_version> parse_version(std::string_view text);

/// Whether it has `sync_interval: always`.
bool can_sync_always(const server_version& x);

/// Why a server cannot keep the promise, as one sentence; empty when nothing speaks against it.
/// @param embedded The nats-server is a child of ours.
/// @param version As the server says it; empty when it does not.
std::string refusal_of(durability x, bool embedded, std::string_view version);

/// What holds, for the log: what is verified, and what is taken on trust.
std::string promise_of(durability x, bool embedded);

} // namespace tidings
