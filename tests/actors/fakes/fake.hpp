// SPDX-License-Identifier: MIT
#pragma once

#include <any>
#include <functional>
#include <memory>
#include <type_traits>
#include <typeindex>
#include <unordered_map>
#include <utility>

#include <caf/result.hpp>
#include <caf/typed_behavior.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/interfaces.hpp"
#include "tests/actors/fakes/journal.hpp"

namespace tidings {

/// What a fake does: notes everything, and answers questions as the test says.
struct fake_script {
  journal received;
  std::unordered_map<std::type_index, std::any>
      answers; ///< Question type -> function<result<Answer>(const Question&)>.

  template <class Question, class Answer>
  void answer(std::function<caf::result<Answer>(const Question&)> how) {
    answers[typeid(Question)] = std::move(how);
  }
};
using fake_script_ptr = std::shared_ptr<fake_script>;

namespace detail {

template <class Signature>
struct fake_handler;

template <class In>
struct fake_handler<caf::reacts_to<In>> {
  static auto make(fake_script_ptr script) {
    return [script](const In& x) { script->received.add(x); };
  }
};

template <class In, class Out>
requires(!std::is_void_v<Out>) struct fake_handler<caf::typed_mpi<caf::detail::type_list<In>, caf::output_tuple<Out>>> {
  static auto make(fake_script_ptr script) {
    return [script](const In& x) -> caf::result<Out> {
      script->received.add(x);
      auto i = script->answers.find(typeid(In));
      if (i == script->answers.end()) return Out{};
      return std::any_cast<const std::function<caf::result<Out>(const In&)>&>(i->second)(x);
    };
  }
};

template <class Handle>
struct fake_of;

template <class... Signatures>
struct fake_of<caf::typed_actor<Signatures...>> {
  using handle = caf::typed_actor<Signatures...>;
  static typename handle::behavior_type behavior(typename handle::pointer, fake_script_ptr script) {
    return {fake_handler<Signatures>::make(script)...};
  }
};

} // namespace detail

/// An actor with the real interface `Handle`, whatever that has in it: it notes what comes in `script`.
template <class Handle>
Handle spawn_fake(caf::actor_system& system, fake_script_ptr script) {
  return system.spawn(detail::fake_of<Handle>::behavior, std::move(script));
}

} // namespace tidings
