// SPDX-License-Identifier: MIT
#define CAF_SUITE command_waiter_attach

#include <set>

#include "tests/actors/fakes/waiter_fixture.hpp"

using namespace tidings;
using namespace std::chrono_literals;

namespace {

struct attach_fixture : waiter_fixture {
  net::nats_message stored_command(const std::string& owner) const {
    return incoming::direct("commands.3.WriteNote.cmd-1", 21, "{}",
                            {{command_headers::owner, owner}, {command_headers::key, "n1"}});
  }

  void reply_to(uint64_t cookie, net::nats_message message) {
    nats_reply x;
    x.cookie = cookie;
    x.message = std::move(message);
    give(waiter, x);
  }

  /// The whole error as a client could tell it apart.
  std::string error_text() const { return sys.render(answer().error); }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(command_waiter_attach_tests, attach_fixture)

CAF_TEST(attaching watches and asks for an outcome and publishes nothing) {
  start_attached(1s);
  CAF_CHECK_EQUAL(asked_subject(), "$JS.API.DIRECT.GET.NOTIFICATIONS");
  CAF_CHECK_EQUAL(text(asked_body()["last_by_subj"]), "notifications.public.cmd-1");
  CAF_CHECK((got.came_before<watch_command, nats_request>()));
  CAF_CHECK_EQUAL(got.count<publish>(), 0u);
}

CAF_TEST(an outcome that exists is the answer) {
  start_attached(1s);
  reply(incoming::direct("notifications.public.cmd-1", 8, R"({"status":"completed"})",
                         {{notification_headers::status, "completed"}}));
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(!answer().error);
  CAF_CHECK(answer().status == outcome_status::completed);
  CAF_CHECK_EQUAL(*answer().document, R"({"status":"completed"})");
  CAF_CHECK(*ended);
}

CAF_TEST(a command without an outcome is looked for under every subject it can have) {
  types = std::make_shared<std::vector<token>>(std::vector<token>{tok("WriteNote"), tok("TearNote")});
  start_attached(1s);
  auto first = got.last<nats_request>().cookie;
  got.clear();
  reply_to(first, incoming::nothing_there());
  std::set<std::string> asked;
  for (auto& x : got.all<nats_request>()) {
    CAF_CHECK_EQUAL(x.subject, "$JS.API.DIRECT.GET.COMMANDS");
    asked.insert(text(parsed(x.data)["last_by_subj"]));
  }
  CAF_CHECK_EQUAL(asked.size(), 2u * subjects::partitions);
  CAF_CHECK(asked.contains("commands.0.WriteNote.cmd-1"));
  CAF_CHECK(asked.contains("commands.15.TearNote.cmd-1"));
}

CAF_TEST(a foreign command and an unknown one get the same answer) {
  start_attached(1s);
  reply(incoming::nothing_there());
  no_command_anywhere();
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(code_of(answer().error) == errc::not_found);
  auto unknown = error_text();
  got.clear();
  start_attached(1s);
  reply(incoming::nothing_there());
  reply(stored_command("somebody_else"));
  no_command_anywhere();
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK_EQUAL(error_text(), unknown);
}

CAF_TEST(nothing is answered before every subject was looked at) {
  start_attached(1s);
  reply(incoming::nothing_there());
  for (uint32_t i = 1; i < subjects::partitions; ++i)
    reply(incoming::nothing_there());
  CAF_CHECK_EQUAL(answers(), 0u);
  reply(stored_command("public"));
  CAF_CHECK_EQUAL(answers(), 0u);
  give(waiter, outcome());
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(answer().status == outcome_status::completed);
}

CAF_TEST(a process without models knows no command) {
  types = std::make_shared<std::vector<token>>();
  start_attached(1s);
  reply(incoming::nothing_there());
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(code_of(answer().error) == errc::not_found);
}

CAF_TEST(an owner asks for public outcomes too) {
  auto x = order(1s);
  x.owner = tok("s-alice");
  start(std::move(x));
  CAF_CHECK_EQUAL(text(asked_body()["last_by_subj"]), "notifications.s-alice.cmd-1");
  reply(incoming::nothing_there());
  CAF_CHECK_EQUAL(text(asked_body()["last_by_subj"]), "notifications.public.cmd-1");
  give(waiter, outcome("public"));
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(answer().status == outcome_status::completed);
}

CAF_TEST(the public does not see the outcome of an owner) {
  start_attached(1s);
  give(waiter, outcome("s-alice"));
  CAF_CHECK_EQUAL(answers(), 0u);
}

CAF_TEST(a command that is stored is waited for) {
  start_attached(1s);
  reply(incoming::nothing_there());
  reply(stored_command("public"));
  CAF_CHECK_EQUAL(answers(), 0u);
  give(waiter, outcome());
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(answer().status == outcome_status::completed);
}

CAF_TEST(the pending answer of an attached wait names type and key and stage) {
  common->answer<ask_stage, stage>([](const ask_stage&) { return stage::projected; });
  start_attached(1s);
  reply(incoming::nothing_there());
  reply(stored_command("public"));
  pass(1s);
  no_outcome_at_leader();
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK_EQUAL(got.last<ask_stage>().sequence, 21u);
  CAF_CHECK_EQUAL(text(document()["command_type"]), "WriteNote");
  CAF_CHECK_EQUAL(text(document()["key"]), "n1");
  CAF_CHECK_EQUAL(text(document()["stage"]), "projected");
  CAF_CHECK(document()["success"].is_null());
}

CAF_TEST(asking without a wait answers with what is known now) {
  start_attached(0ms);
  reply(incoming::nothing_there());
  reply(stored_command("public"));
  no_outcome_at_leader();
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(answer().status == outcome_status::pending);
}

CAF_TEST(asking without a wait names the stage too) {
  common->answer<ask_stage, stage>([](const ask_stage&) { return stage::handled; });
  start_attached(0ms);
  reply(incoming::nothing_there());
  reply(stored_command("public"));
  no_outcome_at_leader();
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK_EQUAL(text(document()["stage"]), "handled");
}

CAF_TEST(before pending is said the leader is asked for an outcome that a copy may lack) {
  start_attached(0ms);
  reply(incoming::nothing_there());
  reply(stored_command("public"));
  CAF_CHECK_EQUAL(answers(), 0u);
  CAF_CHECK_EQUAL(asked_subject(), "$JS.API.STREAM.MSG.GET.NOTIFICATIONS");
  CAF_CHECK_EQUAL(text(asked_body()["last_by_subj"]), "notifications.public.cmd-1");
  reply(incoming::stored("notifications.public.cmd-1", 8, R"({"status":"completed"})", {{notification_headers::status, "completed"}}));
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(answer().status == outcome_status::completed);
  CAF_CHECK_EQUAL(*answer().document, R"({"status":"completed"})");
  CAF_MESSAGE("the hub watches for nobody any more");
  CAF_CHECK_EQUAL(got.count<unwatch_command>(), 1u);
}

CAF_TEST(a leader that does not answer leaves a stored command pending) {
  start_attached(0ms);
  reply(incoming::nothing_there());
  reply(stored_command("public"));
  reply_error(errc::handler_timeout);
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(answer().status == outcome_status::pending);
}

CAF_TEST(an outcome that comes while the leader is asked is the answer) {
  start_attached(0ms);
  reply(incoming::nothing_there());
  reply(stored_command("public"));
  give(waiter, outcome());
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(answer().status == outcome_status::completed);
}

CAF_TEST(an outcome that comes between the two looks is the answer) {
  start_attached(1s);
  reply(incoming::nothing_there());
  give(waiter, outcome());
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(answer().status == outcome_status::completed);
}

CAF_TEST(the answer is unavailable when NATS does not answer) {
  CAF_MESSAGE("at the first look");
  start_attached(1s);
  reply_error(errc::handler_timeout);
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(code_of(answer().error) == errc::unavailable);
  CAF_MESSAGE("at the second");
  got.clear();
  start_attached(1s);
  reply(incoming::nothing_there());
  reply_error(errc::unavailable);
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(code_of(answer().error) == errc::unavailable);
}

CAF_TEST(a message in NOTIFICATIONS that is no outcome is no answer) {
  start_attached(1s);
  reply(incoming::direct("notifications.public.cmd-1", 8, "{}", {}));
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(code_of(answer().error) == errc::unavailable);
}

CAF_TEST(a listener that goes away ends an attached wait) {
  start_attached(10s);
  reply(incoming::nothing_there());
  reply(stored_command("public"));
  give(waiter, abandon_wait{"cmd-1", listener.address()});
  no_outcome_at_leader();
  CAF_REQUIRE_EQUAL(answers(), 1u);
  CAF_CHECK(answer().status == outcome_status::pending);
  CAF_CHECK(*ended);
}

CAF_TEST_FIXTURE_SCOPE_END()
