// SPDX-License-Identifier: MIT
#define CAF_SUITE takeover_all

#include "tests/actors/fakes/takeover_fixture.hpp"

using namespace tidings;
using phase = takeover::phase;

CAF_TEST_FIXTURE_SCOPE(takeover_all_tests, takeover_fixture)

CAF_TEST(who consumes everything has no filter and follows all former consumers) {
  init(subjects::partitions);
  begin(std::nullopt);
  auto whole = consumer("reactor-old", 17);
  whole["config"] = json::object();
  answer({{"consumers", json::array({whole})}});
  stream_is(40);
  CAF_CHECK_EQUAL(start_of_consumer(), 18u);
  CAF_CHECK(!config().contains("filter_subject"));
  answer(json::object());
  CAF_CHECK_EQUAL(asked().subject, "$JS.API.CONSUMER.DELETE.COMMANDS.reactor-old");
}

CAF_TEST(who consumes everything after it was shared out starts where the first unsettled command is) {
  init(subjects::partitions);
  begin(std::nullopt);
  auto whole = consumer("reactor-old", 17);
  whole["config"] = json::object();
  answer({{"consumers", json::array({whole, consumer("reactor-a", 30)})}});
  stream_is(40);
  auto all = got.all<nats_request>();
  std::map<std::string, uint64_t> from;
  for (auto& question : all)
    if (question.subject == "$JS.API.STREAM.MSG.GET.COMMANDS") from[text(parsed(question.data)["next_by_subj"])] = parsed(question.data)["seq"].get<uint64_t>();
  CAF_REQUIRE_EQUAL(from.size(), 16u);
  CAF_CHECK_EQUAL(from["commands.4.*.*"], 18u);
  CAF_CHECK_EQUAL(from["commands.5.*.*"], 31u);
  for (int i = 0; i < 14; ++i) refuse_with(10037, "no message found");
  answer({{"message", {{"seq", 36}, {"subject", "commands.4.PutNote.x"}}}});
  CAF_CHECK(x.at() == phase::locating);
  answer({{"message", {{"seq", 38}, {"subject", "commands.7.PutNote.y"}}}});
  CAF_CHECK_EQUAL(start_of_consumer(), 36u);
  answer(json::object());
  auto now = got.all<nats_request>();
  CAF_CHECK(now[now.size() - 2].subject.ends_with("reactor-old"));
  CAF_CHECK(now.back().subject.ends_with("reactor-a"));
}

CAF_TEST(what others knew of each partition says where to look for the first unsettled command) {
  init(subjects::partitions);
  auto before = settled(subjects::partitions, 17);
  before.note(5, before.incarnation, 30);
  begin(std::nullopt, before);
  answer({{"consumers", json::array()}});
  stream_is(40);
  CAF_CHECK(x.at() == phase::locating);
  for (int i = 0; i < 15; ++i) refuse_with(10037, "no message found");
  answer({{"message", {{"seq", 33}, {"subject", "commands.5.PutNote.x"}}}});
  CAF_CHECK_EQUAL(start_of_consumer(), 33u);
}

CAF_TEST(when nothing is unsettled anywhere it starts behind the end) {
  init(subjects::partitions);
  begin(std::nullopt);
  answer({{"consumers", json::array({consumer("reactor-a", 3)})}});
  stream_is(40);
  for (int i = 0; i < 16; ++i) refuse_with(10037, "no message found");
  CAF_CHECK_EQUAL(start_of_consumer(), 41u);
}

CAF_TEST(a stream that cannot be searched fails the try) {
  init(subjects::partitions);
  begin(std::nullopt);
  answer({{"consumers", json::array({consumer("reactor-a", 3)})}});
  stream_is(40);
  refuse_with(10008, "no leader");
  CAF_CHECK(x.at() == phase::failed);
}

CAF_TEST_FIXTURE_SCOPE_END()
