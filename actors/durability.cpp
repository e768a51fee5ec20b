// SPDX-License-Identifier: MIT
#include "actors/durability.hpp"

#include <charconv>

namespace tidings {

std::string_view to_string(durability x) {
  switch (x) {
    case durability::os: return "os";
    case durability::fsync: return "fsync";
    case durability::replicated: break;
  }
  return "replicated";
}

uint32_t replicas_of(durability x) {
  return x == durability::replicated ? 3 : 1;
}

std::optional<server_version> parse_version(std::string_view text) {
  auto first = text.find_first_of("0123456789");
  if (first == std::string_view::npos) return std::nullopt;
  server_version result;
  auto* at = text.data() + first;
  auto* last = text.data() + text.size();
  for (auto* part : {&result.major, &result.minor, &result.patch}) {
    auto [end, ec] = std::from_chars(at, last, *part);
    if (ec != std::errc{}) return std::nullopt;
    if (part == &result.patch) break;
    if (end == last || *end != '.') return std::nullopt;
    at = end + 1;
  }
  return result;
}

bool can_sync_always(const server_version& x) {
  return x >= server_version{2, 10, 0};
}

std::string refusal_of(durability x, bool embedded, std::string_view version) {
  if (x == durability::replicated && embedded) return "--durability replicated needs a NATS cluster: give its addresses with --nats";
  if (x != durability::fsync) return {};
  auto known = parse_version(version);
  auto server = embedded ? std::string{"the nats-server in PATH"} : std::string{"the NATS server"};
  if (!known) return "--durability fsync needs nats-server 2.10 or newer, and " + server + " does not say its version";
  if (can_sync_always(*known)) return {};
  auto first = version.find_first_of("0123456789");
  return "--durability fsync needs nats-server 2.10 or newer: " + server + " is " + std::string{version.substr(first)}
         + ", which cannot sync each write";
}

std::string promise_of(durability x, bool embedded) {
  switch (x) {
    case durability::os:
      return "durability os: what is acknowledged survives the end of any process; a power cut or a crash of the system may take "
             "the last minutes, or a store that is younger than that";
    case durability::fsync:
      return embedded ? "durability fsync: what is acknowledged was synced to disk and survives a power cut"
                      : "durability fsync: what is acknowledged survives a power cut, provided that the NATS server has `sync_interval: "
                        "always`: its version is checked, but no client can ask for the setting";
    case durability::replicated: break;
  }
  return "durability replicated: what is acknowledged is on a majority of at least three servers (checked for each stream and bucket) "
         "and survives a power cut of a minority; if all lose power at once, the last minutes may be gone";
}

} // namespace tidings
