// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include <caf/expected.hpp>

#include "actors/gatekeeper.hpp"
#include "actors/http_edge.hpp"
#include "app/door_options.hpp"
#include "model/catalog.hpp"

/// Makes what stands at the door out of the options. Every error is `errc::bad_configuration` with one sentence.
namespace tidings::front_door {

/// Whether the options can be served on an address. @param beyond_loopback Others than this machine can reach it.
caf::error check(const door_options& options, const catalog& models, bool beyond_loopback);

/// Knows callers by what `--auth` says.
caf::expected<std::shared_ptr<gatekeeper>> make_gatekeeper(const door_options& options);

edge_rules make_edge(const door_options& options, bool beyond_loopback);

/// Connections that can be had: of the files that may be open, some are needed for NATS and for turning others away.
size_t places(const door_options& options, uint64_t open_files);

/// Reads the keys again, and gives them to `door`; on an error it keeps those that it has.
caf::error reload_keys(const door_options& options, gatekeeper& door);

} // namespace tidings::front_door
