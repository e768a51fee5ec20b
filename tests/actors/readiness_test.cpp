// SPDX-License-Identifier: MIT
#define CAF_SUITE readiness

#include "actors/readiness.hpp"

#include "tests/actors/fakes/fixture.hpp"

using namespace tidings;

namespace {

struct readiness_fixture : actor_fixture {
  readiness_actor all = kept(sys.spawn(readiness, std::vector<std::string>{"nats", "streams"}));

  void tell(const std::string& name, bool ready, const std::string& detail = {}) {
    give(all, component_state{name, ready, detail});
  }

  readiness_report report() {
    auto asked = self->request(all, caf::infinite, start_atom::value);
    consume_messages();
    readiness_report result;
    asked.receive([&](const readiness_report& x) { result = x; },
                  [&](const caf::error& why) { CAF_FAIL(sys.render(why)); });
    return result;
  }

  /// What the report says of one part; empty when it is ready.
  std::string detail_of(const std::string& name) {
    for (auto& part : report().parts)
      if (part.name == name) return part.detail;
    return "not in the report";
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(readiness_tests, readiness_fixture)

CAF_TEST(parts that have not reported are not ready) {
  auto x = report();
  CAF_CHECK(!x.ready);
  CAF_CHECK_EQUAL(x.parts.size(), 2u);
  CAF_CHECK_EQUAL(detail_of("nats"), "not started yet");
  tell("nats", true);
  CAF_CHECK(!report().ready);
  CAF_CHECK_EQUAL(detail_of("streams"), "not started yet");
}

CAF_TEST(the process is ready when every expected part is) {
  tell("nats", true);
  tell("streams", true);
  CAF_CHECK(report().ready);
  CAF_CHECK_EQUAL(detail_of("nats"), "");
}

CAF_TEST(a part that goes down takes readiness along and says why) {
  tell("nats", true);
  tell("streams", true);
  tell("streams", false, "stream COMMANDS is gone");
  CAF_CHECK(!report().ready);
  CAF_CHECK_EQUAL(detail_of("streams"), "stream COMMANDS is gone");
  tell("streams", true);
  CAF_CHECK(report().ready);
  CAF_CHECK_EQUAL(detail_of("streams"), "");
}

CAF_TEST(a part that nobody expected counts from its first report) {
  tell("nats", true);
  tell("streams", true);
  tell("reactor", false, "no consumer");
  CAF_CHECK(!report().ready);
  CAF_CHECK_EQUAL(report().parts.size(), 3u);
}

CAF_TEST(a stopping process is not ready whatever its parts say) {
  tell("nats", true);
  tell("streams", true);
  give(all, drain_atom::value);
  CAF_CHECK(!report().ready);
  CAF_CHECK_EQUAL(detail_of("process"), "stopping");
  tell("nats", true);
  CAF_CHECK(!report().ready);
}

CAF_TEST_FIXTURE_SCOPE_END()
