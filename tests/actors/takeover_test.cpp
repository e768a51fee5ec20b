// SPDX-License-Identifier: MIT
#define CAF_SUITE takeover

#include "actors/takeover.hpp"

#include <map>

#include "net/jetstream.hpp"

#include "tests/actors/fakes/models.hpp"

#include "tests/actors/fakes/fixture.hpp"

using namespace tidings;
using phase = takeover::phase;

namespace {

json consumer(const std::string& name, uint64_t acknowledged) {
  return {{"name", name}, {"config", {{"filter_subject", "commands.5.*.*"}}}, {"ack_floor", {{"stream_seq", acknowledged}}}};
}

struct takeover_fixture : actor_fixture {
  takeover x;

  takeover_fixture() { init(5); }

  void init(uint32_t partition) {
    takeover::options options;
    options.gateway = fake<nats_gateway_actor>();
    options.partition = partition;
    options.batches = fake<batch_listener>();
    options.replies = fake<reply_listener>();
    x.init(options);
  }

  void begin(std::optional<uint64_t> floor, const settled_positions& before = {}) {
    x.begin({floor, before});
    consume_messages();
  }

  /// As others say who had it before, of a stream that was created at `created`.
  static settled_positions settled(uint32_t partition, uint64_t sequence, const std::string& created = default_created) {
    settled_positions result;
    result.note(partition, net::jetstream::created_ns(created), sequence);
    return result;
  }
  static constexpr const char* default_created = "2026-01-02T03:04:05.123456789Z";

  nats_request asked() const { return got.last<nats_request>(); }

  void answer_to(const nats_request& question, net::nats_message message) {
    nats_reply reply;
    reply.cookie = question.cookie;
    reply.message = std::move(message);
    CAF_CHECK(x.on_reply(reply));
    consume_messages();
  }

  void answer(const json& body) { answer_to(asked(), incoming::api_answer(body)); }
  void refuse(const std::string& why) { refuse_with(10014, why); }
  void refuse_with(int code, const std::string& why) { answer_to(asked(), incoming::api_refusal(404, code, why)); }

  void no_answer() {
    nats_reply reply;
    reply.cookie = asked().cookie;
    reply.error = make_error(errc::handler_timeout, "no answer in time");
    CAF_CHECK(x.on_reply(reply));
    consume_messages();
  }

  void stream_is(uint64_t last, const std::string& created = default_created) {
    answer({{"created", created}, {"state", {{"last_seq", last}}}});
  }

  void consume_from_empty() {
    begin(std::nullopt);
    answer({{"consumers", json::array()}});
    stream_is(0);
    answer(json::object());
  }

  json config() const { return parsed(asked().data)["config"]; }
  uint64_t start_of_consumer() const { return config()["opt_start_seq"].get<uint64_t>(); }
};

} // namespace

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

// ---- In a cluster --------------------------------------------------------------------------------------------------

CAF_TEST(a consumer that reads a copy which may be behind is made anew elsewhere) {
  begin(std::nullopt);
  answer({{"consumers", json::array()}});
  answer({{"created", default_created}, {"state", {{"last_seq", 3}}}, {"cluster", {{"name", "c"}, {"leader", "b"}}}});
  auto first = x.consumer();
  auto tag = x.tag();
  answer({{"cluster", {{"name", "c"}, {"leader", "a"}}}});
  CAF_CHECK(!x.consuming());
  CAF_CHECK_NOT_EQUAL(x.consumer(), first);
  CAF_CHECK_NOT_EQUAL(x.tag(), tag);
  CAF_CHECK_EQUAL(got.last<unsubscribe>().tag, tag);
  answer({{"cluster", {{"name", "c"}, {"leader", "b"}}}});
  CAF_CHECK(x.consuming());
  CAF_CHECK_EQUAL(asked().subject, "$JS.API.CONSUMER.DELETE.COMMANDS." + first);
}

CAF_TEST(a place at the leader is not looked for without end) {
  begin(std::nullopt);
  answer({{"consumers", json::array()}});
  answer({{"created", default_created}, {"state", {{"last_seq", 3}}}, {"cluster", {{"leader", "b"}}}});
  for (int i = 0; i < 11; ++i) answer({{"cluster", {{"leader", "a"}}}});
  CAF_CHECK(!x.consuming());
  answer({{"cluster", {{"leader", "a"}}}});
  CAF_CHECK(x.consuming());
}

CAF_TEST(consumers that may have been made in a long outage are remembered up to a bound) {
  consume_from_empty();
  for (int i = 0; i < 300; ++i) {
    begin(0);
    stream_is(0);
    no_answer();
  }
  begin(0);
  stream_is(0);
  auto before = got.count<nats_request>();
  answer(json::object());
  CAF_CHECK_EQUAL(got.count<nats_request>() - before, 256u);
}

// ---- All of it -----------------------------------------------------------------------------------------------------

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
