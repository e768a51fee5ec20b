// SPDX-License-Identifier: MIT
#define CAF_SUITE reactor_own

#include "tests/actors/fakes/reactor_fixture.hpp"

using namespace tidings;
using namespace std::chrono_literals;
using result = projected::result;

CAF_TEST_FIXTURE_SCOPE(reactor_own_tests, consuming_fixture)

CAF_TEST(a command that this process published is not read again) {
  own->keep(1, std::make_unique<stored_command>(*stored(models, "PutNote", id_of(1), {{"id", "n1"}, {"text", "as it came in"}}, 0)), envelope(1));
  deliver(1);
  auto x = *got.last<project>().command;
  CAF_CHECK_EQUAL(text(x.request.payload["text"]), "as it came in");
  CAF_CHECK_EQUAL(x.position.sequence, 1u);
  CAF_CHECK(x.position.incarnation != 0 && x.position.incarnation != 1);
  CAF_CHECK(!got.last<project>().seen_before);
  CAF_MESSAGE("what the stream holds instead of it is read");
  own->keep(2, std::make_unique<stored_command>(*stored(models, "PutNote", id_of(2), {{"id", "n1"}, {"text", "as it came in"}}, 0)), "something else");
  deliver(2);
  CAF_CHECK_EQUAL(text(got.last<project>().command->request.payload["text"]), "hello");
}

CAF_TEST(that an id had no outcome counts only if nobody else can have had it since) {
  auto x = stored(models, "PutNote", id_of(1), {{"id", "n1"}}, 0);
  x->untold_at = sys.clock().now() - 1ms; // before we consumed
  own->keep(1, std::make_unique<stored_command>(*x), envelope(1));
  deliver(1);
  CAF_CHECK(!got.last<project>().command->untold_at);
  pass(10ms);
  x->untold_at = sys.clock().now();
  own->keep(2, std::make_unique<stored_command>(*x), envelope(2));
  deliver(2);
  CAF_CHECK(got.last<project>().command->untold_at == x->untold_at);
}

CAF_TEST(whoever waits in this process is told once the outcome is stored) {
  deliver_text(1, envelope(1), {{command_headers::owner, "s-alice"}, {command_headers::digest, "d1"}});
  give(reactor, handled{1});
  project_ends(1, result::rejected, {"missing", "No note"});
  CAF_CHECK_EQUAL(got.count<notification>(), 0u);
  auto told = last_publish();
  failed_publish(1, errc::outcome_unknown);
  CAF_CHECK_EQUAL(got.count<notification>(), 0u);
  pass(6s, 100ms);
  stored_publish(1);
  CAF_REQUIRE_EQUAL(got.count<notification>(), 1u);
  auto x = got.last<notification>();
  CAF_CHECK_EQUAL(x.owner, "s-alice");
  CAF_CHECK_EQUAL(x.command_id, id_of(1));
  CAF_CHECK_EQUAL(x.sequence, 99u);
  CAF_CHECK(x.status == outcome_status::failed);
  CAF_CHECK_EQUAL(x.code, "missing");
  CAF_CHECK_EQUAL(x.digest, "d1");
  CAF_CHECK_EQUAL(x.timing, header(told, notification_headers::timing));
  CAF_CHECK(!x.timing.empty());
  CAF_CHECK_EQUAL(*x.document, told.data);
}

CAF_TEST_FIXTURE_SCOPE_END()
