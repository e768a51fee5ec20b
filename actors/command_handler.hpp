// SPDX-License-Identifier: MIT
#pragma once

#include <caf/typed_event_based_actor.hpp>

#include "actors/interfaces.hpp"

namespace tidings {

/// Decides by the effect that the model declares. Pure: the same command and document always give the same decision.
command_handler_actor::behavior_type model_command_handler(command_handler_actor::pointer self);

} // namespace tidings
