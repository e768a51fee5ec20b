// SPDX-License-Identifier: MIT
#define CAF_SUITE takeover

#include "tests/actors/fakes/takeover_fixture.hpp"

using namespace tidings;
using phase = takeover::phase;

CAF_TEST_FIXTURE_SCOPE(takeover_tests, takeover_fixture)

CAF_TEST(taking over asks for consumers and then for the stream and then makes a consumer) {
  begin(std::nullopt);
  CAF_CHECK_EQUAL(asked().subject, "$JS.API.CONSUMER.LIST.COMMANDS");
  answer({{"consumers", json::array()}});
  CAF_CHECK_EQUAL(asked().subject, "$JS.API.STREAM.INFO.COMMANDS");
  stream_is(40);
  CAF_CHECK(asked().subject.starts_with("$JS.API.CONSUMER.DURABLE.CREATE.COMMANDS.reactor-"));
  CAF_CHECK(!x.consuming());
  answer(json::object());
  CAF_CHECK(x.consuming());
  CAF_CHECK_EQUAL(x.last_sequence(), 40u);
  CAF_CHECK_EQUAL(x.start(), 1u);
}

CAF_TEST(the consumer acknowledges explicitly and delivers where we listen) {
  begin(std::nullopt);
  answer({{"consumers", json::array()}});
  stream_is(40);
  CAF_CHECK_EQUAL(text(config()["ack_policy"]), "explicit");
  CAF_CHECK_EQUAL(text(config()["deliver_policy"]), "by_start_sequence");
  CAF_CHECK_EQUAL(text(config()["max_deliver"]), "-1");
  CAF_CHECK_EQUAL(text(config()["max_ack_pending"]), "512");
  CAF_CHECK_EQUAL(text(config()["deliver_subject"]), got.last<subscribe>().subject);
  CAF_CHECK_EQUAL(got.last<subscribe>().tag, x.tag());
  CAF_CHECK(asked().subject.ends_with(text(config()["durable_name"])));
}

CAF_TEST(without a floor the start is behind what a former reactor acknowledged) {
  begin(std::nullopt);
  answer({{"consumers",
           json::array({consumer("reactor-a", 10), consumer("someone-else", 30), consumer("reactor-b", 7)})}});
  stream_is(40);
  CAF_CHECK_EQUAL(start_of_consumer(), 11u);
}

CAF_TEST(a former consumer that was never given anything says where it was made) {
  begin(std::nullopt);
  auto idle = consumer("reactor-a", 0);
  idle["config"]["opt_start_seq"] = 31;
  answer({{"consumers", json::array({idle, consumer("reactor-b", 10)})}});
  stream_is(40);
  CAF_CHECK_EQUAL(start_of_consumer(), 31u);
}

CAF_TEST(who knows what is settled asks no consumer and removes its own) {
  consume_from_empty();
  auto mine = x.consumer();
  begin(5);
  CAF_CHECK_EQUAL(asked().subject, "$JS.API.STREAM.INFO.COMMANDS");
  stream_is(40);
  CAF_CHECK_EQUAL(start_of_consumer(), 6u);
  answer(json::object());
  CAF_CHECK_EQUAL(asked().subject, "$JS.API.CONSUMER.DELETE.COMMANDS." + mine);
}

CAF_TEST(what others knew to be settled counts when their consumer is gone) {
  begin(std::nullopt, settled(5, 20));
  answer({{"consumers", json::array()}});
  stream_is(40);
  CAF_CHECK_EQUAL(start_of_consumer(), 21u);
}

CAF_TEST(a consumer may know more than others wrote down) {
  begin(std::nullopt, settled(5, 20));
  answer({{"consumers", json::array({consumer("reactor-a", 30)})}});
  stream_is(40);
  CAF_CHECK_EQUAL(start_of_consumer(), 31u);
}

CAF_TEST(what others knew of another stream means nothing) {
  begin(std::nullopt, settled(5, 20, "2026-01-02T03:04:05.123456788Z"));
  answer({{"consumers", json::array()}});
  stream_is(40);
  CAF_CHECK_EQUAL(start_of_consumer(), 1u);
}

CAF_TEST(a consumer is on one server and one that was made without our hearing of it is removed) {
  begin(std::nullopt);
  answer({{"consumers", json::array()}});
  stream_is(0);
  CAF_CHECK_EQUAL(text(config()["num_replicas"]), "1");
  auto unheard = x.consumer();
  no_answer();
  CAF_CHECK(x.at() == phase::failed);
  begin(std::nullopt);
  answer({{"consumers", json::array()}});
  stream_is(0);
  CAF_CHECK_NOT_EQUAL(x.consumer(), unheard);
  answer(json::object());
  CAF_CHECK_EQUAL(asked().subject, "$JS.API.CONSUMER.DELETE.COMMANDS." + unheard);
}

CAF_TEST(what a consumer of the whole stream acknowledged is settled and it is left alone) {
  begin(std::nullopt);
  auto whole = consumer("reactor-old", 17);
  whole["config"] = json::object();
  answer({{"consumers", json::array({whole, consumer("reactor-a", 10)})}});
  stream_is(40);
  CAF_CHECK_EQUAL(start_of_consumer(), 18u);
  auto before = got.count<nats_request>();
  answer(json::object());
  CAF_CHECK_EQUAL(got.count<nats_request>(), before + 1);
  CAF_CHECK_EQUAL(asked().subject, "$JS.API.CONSUMER.DELETE.COMMANDS.reactor-a");
}

CAF_TEST(consumers of other partitions say nothing) {
  begin(std::nullopt);
  auto other = consumer("reactor-b", 17);
  other["config"]["filter_subject"] = "commands.6.*.*";
  answer({{"consumers", json::array({other, consumer("reactor-a", 10)})}});
  stream_is(40);
  CAF_CHECK_EQUAL(start_of_consumer(), 11u);
}

CAF_TEST(a stream that is shorter than what was acknowledged was made anew) {
  begin(std::nullopt);
  answer({{"consumers", json::array({consumer("reactor-a", 10)})}});
  stream_is(9);
  CAF_CHECK_EQUAL(start_of_consumer(), 1u);
}

CAF_TEST(a stream that was acknowledged to its end goes on behind it) {
  begin(std::nullopt);
  answer({{"consumers", json::array({consumer("reactor-a", 10)})}});
  stream_is(10);
  CAF_CHECK_EQUAL(start_of_consumer(), 11u);
}

CAF_TEST(a stream with another creation time was made anew however long it is) {
  consume_from_empty();
  begin(5);
  stream_is(90, "2026-01-02T03:04:05.123456790Z");
  CAF_CHECK_EQUAL(start_of_consumer(), 1u);
}

CAF_TEST(a stream made anew is not consumed while commands of the one before are open) {
  x.begin({5, {}, 7});
  consume_messages();
  auto requests = got.count<nats_request>();
  stream_is(90);
  CAF_CHECK(x.at() == phase::failed);
  CAF_CHECK_EQUAL(got.count<nats_request>(), requests);
  x.begin({5, {}, net::jetstream::created_ns(default_created)});
  consume_messages();
  stream_is(90);
  CAF_CHECK_EQUAL(start_of_consumer(), 6u);
}

CAF_TEST(the incarnation is the creation time in nanoseconds) {
  begin(std::nullopt);
  answer({{"consumers", json::array()}});
  stream_is(0, "2001-09-09T01:46:40.5Z");
  CAF_CHECK_EQUAL(x.incarnation(), 1'000'000'000'500'000'000u);
}

CAF_TEST(former consumers go only when the new one exists) {
  begin(std::nullopt);
  answer(
      {{"consumers", json::array({consumer("reactor-a", 1), consumer("someone-else", 1), consumer("reactor-b", 1)})}});
  stream_is(1);
  auto before = got.count<nats_request>();
  answer(json::object());
  std::vector<std::string> deleted;
  auto all = got.all<nats_request>();
  for (auto i = before; i < all.size(); ++i)
    deleted.push_back(all[i].subject);
  CAF_CHECK((deleted == std::vector<std::string>{"$JS.API.CONSUMER.DELETE.COMMANDS.reactor-a",
                                                 "$JS.API.CONSUMER.DELETE.COMMANDS.reactor-b"}));
  CAF_MESSAGE("and their answers change nothing");
  refuse("consumer not found");
  CAF_CHECK(x.consuming());
}

CAF_TEST(a consumer that cannot be made leaves the former one alone) {
  begin(std::nullopt);
  answer({{"consumers", json::array({consumer("reactor-a", 1)})}});
  stream_is(1);
  auto before = got.count<nats_request>();
  refuse("insufficient storage");
  CAF_CHECK(x.at() == phase::failed);
  CAF_CHECK_EQUAL(x.trouble(), "insufficient storage");
  CAF_CHECK_EQUAL(got.count<nats_request>(), before);
}

CAF_TEST(no answer fails the try and says so) {
  begin(std::nullopt);
  no_answer();
  CAF_CHECK(x.at() == phase::failed);
  CAF_CHECK_EQUAL(x.trouble(), "no answer in time");
  consume_from_empty();
  CAF_CHECK(x.consuming());
  CAF_CHECK_EQUAL(x.trouble(), "");
}

CAF_TEST(answers of an older try are ignored) {
  begin(std::nullopt);
  auto old = asked();
  begin(std::nullopt);
  auto requests = got.count<nats_request>();
  answer_to(old, incoming::api_answer({{"consumers", json::array()}}));
  CAF_CHECK(x.at() == phase::listing);
  CAF_CHECK_EQUAL(got.count<nats_request>(), requests);
}

CAF_TEST(replies to requests of the owner are not ours) {
  nats_reply reply;
  reply.cookie = 7;
  CAF_CHECK(!x.on_reply(reply));
}

CAF_TEST(a consumer that still exists goes on) {
  consume_from_empty();
  x.verify();
  consume_messages();
  CAF_CHECK(asked().subject.starts_with("$JS.API.CONSUMER.INFO.COMMANDS.reactor-"));
  CAF_CHECK(x.consuming());
  answer(json::object());
  CAF_CHECK(x.at() == phase::consuming);
}

CAF_TEST(a consumer that is gone is a failure) {
  consume_from_empty();
  x.verify();
  consume_messages();
  refuse("consumer not found");
  CAF_CHECK(x.at() == phase::failed);
  CAF_CHECK(!x.consuming());
}

CAF_TEST(a consumer that nobody answers for is gone with its server) {
  consume_from_empty();
  x.verify();
  consume_messages();
  no_answer();
  CAF_CHECK(x.at() == phase::failed);
}

CAF_TEST(every try has a subscription of its own and ends the one before) {
  consume_from_empty();
  auto first = got.last<subscribe>();
  begin(0);
  CAF_CHECK_EQUAL(got.last<unsubscribe>().tag, first.tag);
  stream_is(0);
  CAF_CHECK_NOT_EQUAL(got.last<subscribe>().tag, first.tag);
  CAF_CHECK_NOT_EQUAL(got.last<subscribe>().subject, first.subject);
}

CAF_TEST(stopping ends the subscription and turns later deliveries away) {
  consume_from_empty();
  auto tag = x.tag();
  x.stop();
  consume_messages();
  CAF_CHECK_EQUAL(got.last<unsubscribe>().tag, tag);
  CAF_CHECK_NOT_EQUAL(x.tag(), tag);
  CAF_CHECK(!x.consuming());
}

CAF_TEST(a consumer that ended while the server made its list is none) {
  begin(std::nullopt);
  answer({{"consumers", json::array({nullptr, consumer("reactor-a", 10)})}});
  stream_is(12);
  CAF_CHECK_EQUAL(x.start(), 11u);
}

CAF_TEST_FIXTURE_SCOPE_END()
