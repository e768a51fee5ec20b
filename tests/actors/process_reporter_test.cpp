// SPDX-License-Identifier: MIT
#define CAF_SUITE process_reporter

#include "actors/process_reporter.hpp"
#include "actors/readiness.hpp"

#include "tests/actors/fakes/fixture.hpp"

using namespace tidings;

namespace {

struct reporter_fixture : actor_fixture {
  struct member {
    readiness_actor readiness;
    metrics_ptr counts = std::make_shared<metrics>();
    process_reporter_actor reporter;
  };

  std::vector<member> shards{2};

  reporter_fixture() {
    reporter_peers all;
    for (size_t i = 0; i < shards.size(); ++i) {
      auto& x = shards[i];
      x.readiness = kept(sys.spawn(readiness, std::vector<std::string>{"nats"}));
      x.reporter = kept(sys.spawn(process_reporter, process_reporter_options{i, x.readiness, x.counts}));
      auto send = [to = x.reporter](auto what) { caf::anon_send(to, std::move(what)); };
      all.all.push_back({send, send});
    }
    for (auto& x : shards) give(x.reporter, all);
  }

  /// The reporters know each other.
  ~reporter_fixture() override {
    for (auto& x : shards) caf::anon_send_exit(x.reporter, caf::exit_reason::user_shutdown);
    consume_messages();
    shards.clear();
  }

  void tell(size_t shard, bool ready, const std::string& detail = {}) { give(shards[shard].readiness, component_state{"nats", ready, detail}); }

  template <class Answer, class Signal>
  Answer ask(size_t shard, Signal signal, milliseconds time = milliseconds{0}) {
    auto asked = self->request(shards[shard].reporter, caf::infinite, signal);
    pass(time);
    Answer result;
    asked.receive([&](const Answer& x) { result = x; }, [&](const caf::error& why) { CAF_FAIL(sys.render(why)); });
    return result;
  }

  readiness_report report(size_t shard, milliseconds time = milliseconds{0}) { return ask<readiness_report>(shard, start_atom::value, time); }

  static std::string detail_of(const readiness_report& x, const std::string& name) {
    for (auto& part : x.parts)
      if (part.name == name) return part.detail;
    return "not in the report";
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(process_reporter_tests, reporter_fixture)

CAF_TEST(the process is ready when all of its shards are whichever is asked) {
  tell(0, true);
  CAF_CHECK(!report(0).ready);
  CAF_CHECK_EQUAL(detail_of(report(0), "nats"), "shard 1: not started yet");
  tell(1, true);
  CAF_CHECK(report(0).ready);
  CAF_CHECK(report(1).ready);
  CAF_CHECK_EQUAL(report(1).parts.size(), 1u);
}

CAF_TEST(a part names every shard on which it cannot work) {
  tell(0, false, "gone");
  tell(1, false, "gone too");
  CAF_CHECK_EQUAL(detail_of(report(1), "nats"), "shard 0: gone; shard 1: gone too");
}

CAF_TEST(a process that stops says so once and last) {
  for (auto& x : shards) give(x.readiness, drain_atom::value);
  auto x = report(0);
  CAF_CHECK(!x.ready);
  CAF_REQUIRE_EQUAL(x.parts.size(), 2u);
  CAF_CHECK_EQUAL(x.parts.back().name, "process");
}

CAF_TEST(figures carry their shard and those of the process do not) {
  shards[0].counts->connections = 3;
  shards[1].counts->connections = 4;
  auto page = ask<std::string>(1, count_atom::value);
  auto says = [&](const std::string& line) { return ('\n' + page).find('\n' + line + '\n') != std::string::npos; };
  CAF_CHECK(says("tidings_http_connections{shard=\"0\"} 3"));
  CAF_CHECK(says("tidings_http_connections{shard=\"1\"} 4"));
  CAF_CHECK(says("tidings_shards 2"));
  CAF_CHECK_EQUAL(page.find("process_cpu_seconds_total{"), std::string::npos);
  CAF_CHECK_EQUAL(page.find("# TYPE tidings_http_connections gauge"), page.rfind("# TYPE tidings_http_connections gauge"));
}

CAF_TEST(a family that only one shard has is there for that one) {
  shards[1].counts->consuming = 1;
  shards[1].counts->behind[3] = 7;
  auto page = ask<std::string>(0, count_atom::value);
  CAF_CHECK(page.find("tidings_reactor_behind{shard=\"1\"} 7") != std::string::npos);
  CAF_CHECK_EQUAL(page.find("tidings_reactor_behind{shard=\"0\"}"), std::string::npos);
}

CAF_TEST(a shard that does not answer is not ready after a second and its figures are missing) {
  tell(0, true);
  tell(1, true);
  caf::anon_send_exit(shards[1].reporter, caf::exit_reason::user_shutdown);
  consume_messages();
  auto x = report(0, milliseconds{1'200});
  CAF_CHECK(!x.ready);
  CAF_CHECK_EQUAL(detail_of(x, "shard 1"), "does not answer");
  auto page = ask<std::string>(0, count_atom::value, milliseconds{1'200});
  CAF_CHECK(page.find("tidings_shards 1\n") != std::string::npos);
  CAF_CHECK_EQUAL(page.find("shard=\"1\""), std::string::npos);
}

CAF_TEST(whoever asks during a round is told what is true after it) {
  tell(0, true);
  tell(1, true);
  caf::anon_send_exit(shards[1].reporter, caf::exit_reason::user_shutdown);
  consume_messages();
  auto first = self->request(shards[0].reporter, caf::infinite, start_atom::value);
  pass(milliseconds{500});
  tell(0, false, "gone meanwhile");
  auto second = self->request(shards[0].reporter, caf::infinite, start_atom::value);
  pass(milliseconds{2'500});
  auto refuse = [&](const caf::error& why) { CAF_FAIL(sys.render(why)); };
  first.receive([&](const readiness_report& x) { CAF_CHECK_EQUAL(detail_of(x, "nats"), ""); }, refuse);
  second.receive([&](const readiness_report& x) { CAF_CHECK_EQUAL(detail_of(x, "nats"), "shard 0: gone meanwhile"); }, refuse);
}

CAF_TEST_FIXTURE_SCOPE_END()
