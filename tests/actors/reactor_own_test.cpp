// SPDX-License-Identifier: MIT
#define CAF_SUITE reactor_own

#include "tests/actors/fakes/reactor_fixture.hpp"

using namespace tidings;
using namespace std::chrono_literals;
using result = projected::result;

namespace {

struct own_fixture : consuming_fixture {
  void keep(uint64_t sequence, std::unique_ptr<stored_command> command, std::string data) {
    own->keep(sequence, std::move(command), std::make_shared<const outgoing_message>(outgoing_message{{}, {}, std::move(data)}));
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(reactor_own_tests, own_fixture)

CAF_TEST(a command that this process published is not read again) {
  keep(1, std::make_unique<stored_command>(*stored(models, "PutNote", id_of(1), {{"id", "n1"}, {"text", "as it came in"}}, 0)), envelope(1));
  deliver(1);
  auto x = *got.last<project>().command;
  CAF_CHECK_EQUAL(text(x.request.payload["text"]), "as it came in");
  CAF_CHECK_EQUAL(x.position.sequence, 1u);
  CAF_CHECK(x.position.incarnation != 0 && x.position.incarnation != 1);
  CAF_CHECK(!got.last<project>().seen_before);
  CAF_MESSAGE("what the stream holds instead of it is read");
  keep(2, std::make_unique<stored_command>(*stored(models, "PutNote", id_of(2), {{"id", "n1"}, {"text", "as it came in"}}, 0)), "something else");
  deliver(2);
  CAF_CHECK_EQUAL(text(got.last<project>().command->request.payload["text"]), "hello");
}

CAF_TEST(that an id had no outcome counts only if nobody else can have had it since) {
  auto x = stored(models, "PutNote", id_of(1), {{"id", "n1"}}, 0);
  x->untold_at = sys.clock().now() - 1ms; // before we consumed
  keep(1, std::make_unique<stored_command>(*x), envelope(1));
  deliver(1);
  CAF_CHECK(!got.last<project>().command->untold_at);
  pass(10ms);
  x->untold_at = sys.clock().now();
  keep(2, std::make_unique<stored_command>(*x), envelope(2));
  deliver(2);
  CAF_CHECK(got.last<project>().command->untold_at == x->untold_at);
}

CAF_TEST(whoever waits in this process is told once the outcome is stored) {
  deliver_text(1, envelope(1), {{command_headers::owner, "s-alice"}, {command_headers::digest, "d1"}});
  project_ends(1, result::rejected, {"missing", "No note"}, sched.clock().now());
  CAF_CHECK_EQUAL(got.count<stored_outcome>(), 0u);
  auto told = last_publish();
  failed_publish(1, errc::outcome_unknown);
  CAF_CHECK_EQUAL(got.count<stored_outcome>(), 0u);
  pass(6s, 100ms);
  stored_publish(1);
  CAF_REQUIRE_EQUAL(got.count<stored_outcome>(), 1u);
  auto x = got.last<stored_outcome>();
  CAF_CHECK_EQUAL(x.sequence, 99u);
  CAF_MESSAGE("as what was published, not a copy of it");
  CAF_CHECK(x.what == told.what);
  CAF_CHECK_EQUAL(x.what->subject, "notifications.s-alice." + id_of(1));
  CAF_CHECK_EQUAL(header(told, notification_headers::timing), "0.0");
}

CAF_TEST_FIXTURE_SCOPE_END()
