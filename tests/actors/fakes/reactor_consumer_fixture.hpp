// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "tests/actors/fakes/reactor_fixture.hpp"

namespace tidings {

/// A reactor whose consumer comes and goes.
struct reactor_consumer_fixture : reactor_fixture {
  /// Becomes true when the reactor says that nothing is in flight any more.
  std::shared_ptr<bool> drain() {
    auto done = std::make_shared<bool>(false);
    kept(sys.spawn([this, done](caf::event_based_actor* me) {
      me->request(reactor, caf::infinite, drain_atom::value).then([done](bool settled) { *done = settled; });
    }));
    consume_messages();
    return done;
  }

  void finish(uint64_t sequence) {
    project_ends(sequence, projected::result::written);
    stored_publish(sequence);
  }

  bool told_ready() const { return got.last<partition_report>().consuming; }

  /// The server says that our consumer is gone.
  void lose_consumer() {
    pass(milliseconds{7000}, milliseconds{100});
    CAF_REQUIRE(asked().starts_with("$JS.API.CONSUMER.INFO.COMMANDS."));
    answer(incoming::api_refusal(404, 10014, "consumer not found"));
    pass(milliseconds{600}, milliseconds{100});
    CAF_REQUIRE_EQUAL(asked(), "$JS.API.STREAM.INFO.COMMANDS");
  }

  std::string start_of_consumer() {
    for (auto& x : got.all<nats_request>())
      if (x.subject.starts_with("$JS.API.CONSUMER.DURABLE.CREATE"))
        last_start_ = text(parsed(x.data)["config"]["opt_start_seq"]);
    return last_start_;
  }

private:
  std::string last_start_;
};

} // namespace tidings
