// SPDX-License-Identifier: MIT
#include "actors/command_handler.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

namespace tidings {

namespace {

decision decide_by_model(const decide_command& x) {
  static const json nothing;
  auto& current = x.current && !x.current->deleted ? x.current->value : nothing;
  return decide(*x.command->entry.model, *x.command->entry.spec, x.command->request, current);
}

} // namespace

command_handler_actor::behavior_type model_command_handler(command_handler_actor::pointer self) {
  return {
    [self](const decide_command& x) -> caf::result<decision> {
      if (x.command->delay.count() == 0) return decide_by_model(x);
      // A slow handler, on purpose: the demo shows what a client then sees.
      auto later = self->make_response_promise<decision>();
      self->spawn([x, later, delay = x.command->delay](caf::event_based_actor* sleeper) mutable {
        sleeper->delayed_send(sleeper, delay, tick_atom::value);
        return caf::behavior{[=](tick_atom) mutable {
          later.deliver(decide_by_model(x));
          sleeper->quit();
        }};
      });
      return later;
    },
  };
}

} // namespace tidings
