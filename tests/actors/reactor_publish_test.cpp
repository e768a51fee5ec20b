// SPDX-License-Identifier: MIT
#define CAF_SUITE reactor_publish

#include "tests/actors/fakes/reactor_fixture.hpp"

using namespace tidings;
using namespace std::chrono_literals;
using result = projected::result;
using texts = std::vector<std::string>;

CAF_TEST_FIXTURE_SCOPE(reactor_publish_tests, consuming_fixture)

CAF_TEST(an outcome that could not be stored is published again until it is) {
  deliver(1);
  project_ends(1, result::written);
  auto first = last_publish();
  for (size_t i = 1; i <= 8; ++i) {
    failed_publish(1, i % 2 == 0 ? errc::unavailable : errc::storage_refused);
    CAF_CHECK_EQUAL(got.count<publish>(), i);
    pass(6s, 100ms);
    CAF_REQUIRE_EQUAL(got.count<publish>(), i + 1);
    CAF_CHECK_EQUAL(last_publish().what->subject, first.what->subject);
    CAF_CHECK_EQUAL(last_publish().what->data, first.what->data);
  }
  CAF_CHECK(got.count<settled>() == 0 && std::ranges::count(acks(), "+ACK") == 0);
  stored_publish(1);
  auto all = acks();
  CAF_CHECK_EQUAL(all.back(), "+ACK");
}

CAF_TEST(a publish that is under way is not repeated) {
  deliver(1);
  project_ends(1, result::written);
  failed_publish(1, errc::unavailable);
  pass(1s, 100ms);
  CAF_CHECK_EQUAL(got.count<publish>(), 2u);
  pass(5s, 100ms);
  CAF_CHECK_EQUAL(got.count<publish>(), 2u);
}

CAF_TEST(an outcome that may be stored is looked for at the leader before it is published again) {
  deliver(1);
  project_ends(1, result::written);
  failed_publish(1, errc::outcome_unknown);
  pass(2s, 100ms);
  CAF_CHECK_EQUAL(got.count<publish>(), 1u);
  CAF_REQUIRE_EQUAL(lookups().size(), 1u);
  CAF_CHECK_EQUAL(text(parsed(lookups().back().data)["last_by_subj"]), "notifications.public.cmd-1");
  CAF_MESSAGE("no answer says nothing, so it is asked again");
  answer_lookup({}, make_error(errc::handler_timeout));
  pass(3s, 100ms);
  CAF_CHECK_EQUAL(got.count<publish>(), 1u);
  CAF_CHECK_EQUAL(lookups().size(), 2u);
  CAF_MESSAGE("it is there");
  answer_lookup(incoming::stored("notifications.public.cmd-1", 7, "{}"));
  CAF_CHECK((acks() == texts{"+ACK"}));
  CAF_CHECK_EQUAL(got.count<publish>(), 1u);
  CAF_CHECK_EQUAL(got.last<settled>().cookie, 1u);
}

CAF_TEST(an outcome that was not stored after all is published again) {
  deliver(1);
  project_ends(1, result::written);
  failed_publish(1, errc::outcome_unknown);
  pass(2s, 100ms);
  answer_lookup(incoming::no_message());
  CAF_CHECK_EQUAL(got.count<publish>(), 2u);
  stored_publish(1);
  CAF_CHECK((acks() == texts{"+ACK"}));
}

CAF_TEST(what is certainly not stored is published again at once) {
  deliver(1);
  project_ends(1, result::written);
  failed_publish(1, errc::unavailable);
  pass(2s, 100ms);
  CAF_CHECK_EQUAL(got.count<publish>(), 2u);
  CAF_CHECK_EQUAL(lookups().size(), 0u);
}

CAF_TEST(an outcome that follows an earlier one is not taken for it) {
  deliver_text(1, envelope(1), {{command_headers::owner, "public"}, {command_headers::retry, "1"}});
  project_ends(1, result::written);
  failed_publish(1, errc::outcome_unknown);
  pass(2s, 100ms);
  CAF_CHECK_EQUAL(got.count<publish>(), 2u);
  CAF_CHECK_EQUAL(lookups().size(), 0u);
}

CAF_TEST_FIXTURE_SCOPE_END()
