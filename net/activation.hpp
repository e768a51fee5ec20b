// SPDX-License-Identifier: MIT
#pragma once

#include <exception>
#include <utility>

#include <caf/abstract_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/actor_cast.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/sec.hpp>

#include "net/io_scheduler.hpp"

namespace tidings::net {

/// Runs `f` as if `self` had received a message: what a socket's completion handler must do before it touches an actor.
/// The caller holds a strong reference. `current_sender()` and response promises mean nothing inside.
template <class Self, class F>
void activate(Self* self, F&& f) {
  using base = caf::abstract_actor;
  if (self->getf(base::is_terminated_flag | base::is_shutting_down_flag | base::is_cleaned_up_flag)) return;
  auto& scheduler = static_cast<io_scheduler&>(self->home_system().scheduler());
  scheduler.clock().look();
  self->context(&scheduler.unit());
  try {
    std::forward<F>(f)();
  } catch (const std::exception& e) {
    self->quit(caf::make_error(caf::sec::runtime_error, e.what()));
  }
  self->finalize();
}

} // namespace tidings::net
