// SPDX-License-Identifier: MIT
#include "actors/command_handler.hpp"

namespace tidings {

command_handler_actor::behavior_type model_command_handler(command_handler_actor::pointer) {
  return {
    [](const decide_command& x) -> decision {
      static const json nothing;
      auto& current = x.current && !x.current->deleted ? x.current->value : nothing;
      return decide(*x.command->entry.model, *x.command->entry.spec, x.command->request, current);
    },
  };
}

} // namespace tidings
