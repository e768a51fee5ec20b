// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

#include <caf/actor_clock.hpp>
#include <caf/atom.hpp>

/// Bare signals, and how actors measure time.
namespace tidings {

using clock_time = caf::actor_clock::time_point;
using std::chrono::milliseconds;

// Signals; at most 10 characters each.
using tick_atom = caf::atom_constant<caf::atom("tick")>;
using start_atom = caf::atom_constant<caf::atom("start")>;
using drain_atom = caf::atom_constant<caf::atom("drain")>;
using stop_atom = caf::atom_constant<caf::atom("stop")>;
using beat_atom = caf::atom_constant<caf::atom("beat")>;
using pace_atom = caf::atom_constant<caf::atom("pace")>;
using count_atom = caf::atom_constant<caf::atom("count")>;
using model_atom = caf::atom_constant<caf::atom("model")>;

} // namespace tidings

