// SPDX-License-Identifier: MIT
#define CAF_SUITE command_bus

#include <set>

#include "actors/headers.hpp"
#include "actors/stored_command.hpp"
#include "tests/actors/fakes/bus_fixture.hpp"

using namespace tidings;
using namespace std::chrono_literals;

CAF_TEST_FIXTURE_SCOPE(command_bus_tests, bus_fixture)

CAF_TEST(a valid command is published as an envelope) {
  submit("WriteNote", "cmd-1", {{"id", "n1"}, {"text", "hello"}});
  auto sent = got.last<publish>();
  CAF_CHECK_EQUAL(sent.what->subject, subjects::command_log(subjects::partition_of("n1"), tok("WriteNote"), tok("cmd-1")));
  auto envelope = parse_command_request(sent.what->data);
  CAF_REQUIRE(envelope);
  CAF_CHECK_EQUAL(envelope->command_type, "WriteNote");
  CAF_CHECK_EQUAL(envelope->command_id, "cmd-1");
  CAF_CHECK_EQUAL(envelope->service_id, "test");
  CAF_CHECK_EQUAL(dump(envelope->payload), R"({"id":"n1","text":"hello"})");
  CAF_CHECK_EQUAL(header(command_headers::msg_id), "cmd-1");
  CAF_CHECK_EQUAL(header(command_headers::owner), "public");
  CAF_CHECK_EQUAL(header(command_headers::key), "n1");
  CAF_CHECK_EQUAL(header(command_headers::digest), "");
}

CAF_TEST(our own reactor finds the command as it would read it) {
  auto x = command("WriteNote", "cmd-1", {{"text", "h\u00e9llo"}, {"n", -7}, {"x", 0.1}, {"list", {1, 2, {{"deep", nullptr}}}}});
  x.owner = tok("s-alice");
  x.expected_revision = 7;
  x.ttl = 90s;
  x.delay = 61s;
  x.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  x.client_chosen = true;
  give(bus, x);
  nats_reply nothing;
  nothing.cookie = got.last<nats_request>().cookie;
  nothing.message = incoming::nothing_there();
  give(got.last<nats_request>().listener, nothing);
  CAF_CHECK_EQUAL(own->size(), 0u);
  auto sent = got.last<publish>();
  ack();
  auto kept = own->take(1, sent.what->data);
  CAF_REQUIRE(kept);
  incoming::header_list headers;
  for (auto& [name, value] : sent.what->headers) headers.emplace_back(name, value.str());
  auto read = read_stored_command(*models, incoming::message(sent.what->subject, {}, sent.what->data, headers), {});
  CAF_REQUIRE(read);
  CAF_CHECK(kept->request == (*read)->request);
  CAF_CHECK(kept->owner == (*read)->owner && kept->key == (*read)->key);
  CAF_CHECK_EQUAL(kept->digest, (*read)->digest);
  CAF_CHECK(!kept->digest.empty());
  CAF_CHECK_EQUAL(kept->traceparent, (*read)->traceparent);
  CAF_CHECK(kept->expected_revision == (*read)->expected_revision);
  CAF_CHECK(kept->expires && kept->expires == (*read)->expires);
  CAF_CHECK_EQUAL(kept->delay.count(), (*read)->delay.count());
  CAF_CHECK_EQUAL(kept->retry, (*read)->retry);
  CAF_CHECK(kept->entry.spec == (*read)->entry.spec && kept->entry.model == (*read)->entry.model);
  CAF_MESSAGE("and that its id had no outcome");
  CAF_CHECK(kept->untold_at == sys.clock().now());
}

CAF_TEST(a duplicate is nothing that our own reactor finds) {
  auto x = command("WriteNote", "cmd-1", {{"text", "hello"}});
  x.client_chosen = true;
  give(bus, x);
  nats_reply nothing;
  nothing.cookie = got.last<nats_request>().cookie;
  nothing.message = incoming::nothing_there();
  give(got.last<nats_request>().listener, nothing);
  published already;
  already.sequence = 1;
  already.duplicate = true;
  give(got.last<publish>().listener, already);
  CAF_CHECK_EQUAL(own->size(), 0u);
}

CAF_TEST(the waiter answers whoever submitted) {
  submit("WriteNote", "cmd-1", {{"text", "hello"}});
  CAF_CHECK_EQUAL(got.last<watch_command>().command_id, "cmd-1");
  ack();
  CAF_REQUIRE_EQUAL(got.count<command_answer>(), 1u);
  CAF_CHECK_EQUAL(got.last<command_answer>().cookie, 5u);
  CAF_CHECK_EQUAL(got.last<command_answer>().command_id, "cmd-1");
}

CAF_TEST(a payload that breaks the schema is refused with pointers) {
  submit("WriteNote", "cmd-1", {{"text", 5}});
  auto why = refusal(errc::schema_violation);
  CAF_REQUIRE_EQUAL(why.errors.size(), 1u);
  CAF_CHECK_EQUAL(why.errors[0].pointer, "/text");
  CAF_CHECK(!why.errors[0].message.empty());
  CAF_CHECK(why.detail.find("WriteNote") != std::string::npos);
}

CAF_TEST(a payload without the key it needs is refused with the pointer) {
  submit("EditNote", "cmd-1", {{"text", "new"}});
  auto why = refusal(errc::schema_violation);
  CAF_REQUIRE_EQUAL(why.errors.size(), 1u);
  CAF_CHECK_EQUAL(why.errors[0].pointer, "/id");
}

CAF_TEST(a key that is no token is refused with the pointer) {
  submit("EditNote", "cmd-1", {{"id", "a.b"}});
  auto why = refusal(errc::schema_violation);
  CAF_REQUIRE_EQUAL(why.errors.size(), 1u);
  CAF_CHECK_EQUAL(why.errors[0].pointer, "/id");
}

CAF_TEST(a type that no model declares has no handler) {
  submit("CreateUserCommand", "cmd-1", json::object());
  CAF_CHECK_EQUAL(refusal(errc::no_handler).detail, "No handler available for commands.CreateUserCommand");
}

CAF_TEST(a command id that is no token is refused) {
  submit("WriteNote", "cmd.*", {{"text", "hello"}});
  refusal(errc::invalid_token);
}

CAF_TEST(a command that NATS would not take is refused) {
  limit(8192);
  submit("WriteNote", "cmd-1", {{"text", std::string(7000, 'x')}});
  CAF_CHECK(refusal(errc::payload_too_large).detail.find("8192") != std::string::npos);
}

CAF_TEST(a command that NATS takes is not refused for its size) {
  submit("WriteNote", "cmd-0", {{"text", std::string(7000, 'x')}});
  CAF_MESSAGE("nor any while the limit is unknown");
  CAF_CHECK_EQUAL(got.count<publish>(), 1u);
  limit(8192);
  submit("WriteNote", "cmd-1", {{"text", std::string(5000, 'x')}});
  CAF_CHECK_EQUAL(got.count<publish>(), 2u);
  CAF_CHECK_EQUAL(got.count<command_answer>(), 0u);
}

CAF_TEST(commands of one key share a partition and keys spread over several) {
  std::set<std::string> partitions;
  for (auto key : {"a", "b", "c", "d", "e", "f"}) {
    submit("WriteNote", std::string{"cmd-w-"} + key, {{"id", key}, {"text", "hello"}});
    auto first = partition();
    submit("TearNote", std::string{"cmd-t-"} + key, {{"id", key}});
    CAF_CHECK_EQUAL(partition(), first);
    partitions.insert(first);
  }
  CAF_CHECK_GREATER(partitions.size(), 1u);
}

CAF_TEST(all commands of a model with unique members share one partition) {
  std::set<std::string> partitions;
  for (auto key : {"a", "b", "c", "d", "e", "f"}) {
    submit("PutPlace", std::string{"cmd-"} + key, {{"id", key}});
    partitions.insert(partition());
  }
  CAF_CHECK_EQUAL(partitions.size(), 1u);
}

CAF_TEST(an id of the client brings a digest of type and payload) {
  std::set<std::string> digests;
  auto digest_of = [&](const std::string& type, json payload) {
    auto x = command(type, "cmd-1", std::move(payload));
    x.client_chosen = true;
    give(bus, x);
    nats_reply nothing;
    nothing.cookie = got.last<nats_request>().cookie;
    nothing.message = incoming::nothing_there();
    give(got.last<nats_request>().listener, nothing);
    return header(command_headers::digest);
  };
  auto first = digest_of("PutNote", {{"id", "n1"}, {"text", "a"}});
  CAF_CHECK(!first.empty());
  CAF_CHECK_EQUAL(digest_of("PutNote", {{"id", "n1"}, {"text", "a"}}), first);
  CAF_CHECK_NOT_EQUAL(digest_of("PutNote", {{"id", "n1"}, {"text", "b"}}), first);
  CAF_CHECK_NOT_EQUAL(digest_of("EditNote", {{"id", "n1"}, {"text", "a"}}), first);
}

CAF_TEST(the trace context travels with the command) {
  auto x = command("WriteNote", "cmd-1", {{"text", "hello"}});
  x.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  give(bus, x);
  CAF_CHECK_EQUAL(header(command_headers::traceparent), x.traceparent);
  submit("WriteNote", "cmd-2", {{"text", "hello"}});
  CAF_CHECK_EQUAL(header(command_headers::traceparent), "");
}

CAF_TEST_FIXTURE_SCOPE_END()
