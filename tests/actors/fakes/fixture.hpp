// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <caf/actor_cast.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>

#include "envelopes/errc.hpp"
#include "tests/actors/fakes/fake.hpp"
#include "tests/actors/fakes/messages.hpp"

// Bare macros expect/allow/inject: last.
#include <caf/test/dsl.hpp>

namespace tidings {

struct fixture_config : caf::actor_system_config {
  fixture_config() { register_errors(*this); }
};

/// The virtual clock, and fakes that share one journal.
struct actor_fixture : test_coordinator_fixture<fixture_config> {
  using milliseconds = std::chrono::milliseconds;

  /// Actors that tick or are held by what fakes remember would keep the system from ending.
  ~actor_fixture() override {
    for (auto& actor : actors_)
      caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    consume_messages();
    got.clear();
    for (auto& script : scripts_)
      *script = fake_script{};
  }

  /// Ends `actor` with the test.
  template <class Handle>
  Handle kept(Handle actor) {
    actors_.push_back(caf::actor_cast<caf::strong_actor_ptr>(actor));
    return actor;
  }

  /// A fake that notes in the common journal.
  template <class Handle>
  Handle fake() {
    return kept(spawn_fake<Handle>(sys, common));
  }

  /// A fake with a journal of its own.
  template <class Handle>
  std::pair<Handle, fake_script_ptr> lone_fake() {
    auto script = std::make_shared<fake_script>();
    scripts_.push_back(script);
    return {kept(spawn_fake<Handle>(sys, script)), script};
  }

  /// Hands `message` over and lets everybody react; no time passes.
  template <class Handle, class Message>
  void give(const Handle& to, Message message) {
    caf::anon_send(to, std::move(message));
    consume_messages();
  }

  /// Lets time pass in steps short enough for every ticker, as a real clock would.
  void pass(milliseconds time, milliseconds step = milliseconds{10}) {
    consume_messages();
    while (time.count() > 0) {
      auto now = std::min(time, step);
      advance_time(now);
      consume_messages();
      time -= now;
    }
  }

  /// Becomes true when `actor` has ended.
  template <class Handle>
  std::shared_ptr<bool> end_of(const Handle& actor) {
    auto ended = std::make_shared<bool>(false);
    caf::actor_cast<caf::strong_actor_ptr>(actor)->get()->attach_functor([ended] { *ended = true; });
    return ended;
  }

private:
  std::vector<caf::strong_actor_ptr> actors_;
  std::vector<fake_script_ptr> scripts_;

public:
  fake_script_ptr common = std::make_shared<fake_script>();
  journal& got = common->received;
};

} // namespace tidings
