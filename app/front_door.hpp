// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <caf/expected.hpp>

#include "actors/caller_places.hpp"
#include "actors/gatekeeper.hpp"
#include "actors/http_edge.hpp"
#include "app/door_options.hpp"
#include "model/catalog.hpp"

/// Makes what stands at the door out of the options. Every error is `errc::bad_configuration` with one sentence.
namespace tidings::front_door {

/// Whether the options can be served on an address. @param beyond_loopback Others than this machine can reach it.
caf::error check(const door_options& options, const catalog& models, bool beyond_loopback);

/// The keys to start with; none without tokens. Waits while it fetches them.
caf::expected<std::vector<signing_key>> first_keys(const door_options& options);

/// Knows callers by what `--auth` says; one for a thread. @param tickets Those of the process.
std::shared_ptr<gatekeeper> make_gatekeeper(const door_options& options, std::vector<signing_key> keys, std::shared_ptr<event_tickets> tickets);

/// Whether the issuer's keys are behind a URL.
bool fetches_keys(const door_options& options);

/// Reads the keys from their file, or fetches them; `done` is called at once, or from `io`.
void read_keys(boost::asio::io_context& io, const door_options& options, std::function<void(caf::expected<std::vector<signing_key>>)> done);

/// What one caller may hold; null when no option limits it.
std::shared_ptr<caller_places> make_places(const door_options& options);

edge_rules make_edge(const door_options& options, bool beyond_loopback);

/// Connections that can be had: of the files that may be open, some are needed for NATS and for turning others away.
/// @param threads Each of which needs some more.
size_t connections_of(const door_options& options, uint64_t open_files, uint32_t threads);

} // namespace tidings::front_door
