// SPDX-License-Identifier: MIT
#define CAF_SUITE command_bus

#include "actors/command_bus.hpp"

#include <set>

#include "actors/headers.hpp"
#include "actors/stored_command.hpp"
#include "envelopes/subjects.hpp"
#include "tests/actors/fakes/models.hpp"

#include "tests/actors/fakes/fixture.hpp"

using namespace tidings;
using namespace std::chrono_literals;

namespace {

struct bus_fixture : actor_fixture {
  catalog_ptr models = sample_catalog();
  nats_gateway_actor gateway = fake<nats_gateway_actor>();
  notification_hub_actor hub = fake<notification_hub_actor>();
  reactor_actor reactor = fake<reactor_actor>();
  command_listener listener = fake<command_listener>();
  metrics_ptr counts = std::make_shared<metrics>();
  std::shared_ptr<own_commands> own = std::make_shared<own_commands>();
  command_bus_actor bus;

  bus_fixture() { start(20'000); }

  void start(size_t max_waiters) {
    command_bus_options options;
    options.models = models;
    options.gateway = gateway;
    options.hub = hub;
    options.reactors = std::make_shared<const std::vector<reactor_actor>>(subjects::partitions + 1, reactor);
    options.max_waiters = max_waiters;
    options.counts = counts;
    options.own = own;
    bus = kept(sys.spawn(command_bus, options));
    consume_messages();
  }

  submit_command command(const std::string& type, const std::string& id, json payload) {
    submit_command x;
    x.command_type = type;
    x.command_id = id;
    x.service_id = "test";
    x.owner = tok("public");
    x.payload = std::move(payload);
    x.listener = listener;
    x.cookie = 5;
    return x;
  }

  void submit(const std::string& type, const std::string& id, json payload) {
    give(bus, command(type, id, std::move(payload)));
  }

  void attach(const std::string& id, milliseconds wait) {
    attach_command x;
    x.command_id = tok(id);
    x.owner = tok("public");
    x.wait = wait;
    x.listener = listener;
    give(bus, x);
  }

  /// NATS's limit on a message.
  void limit(int64_t bytes) {
    connection_change x;
    x.connected = true;
    x.max_payload = bytes;
    give(bus, x);
  }

  /// The stream has stored what was published last.
  void ack() {
    published x;
    x.sequence = 1;
    give(got.last<publish>().listener, x);
  }

  std::string partition() const { return std::string{subjects::token_at(got.last<publish>().what->subject, 1)}; }

  std::string header(std::string_view name) const {
    for (auto& [key, value] : got.last<publish>().what->headers)
      if (key == name) return value.str();
    return {};
  }

  /// The command was refused with `code`, and never reached NATS.
  failure refusal(errc code) const {
    CAF_REQUIRE_EQUAL(got.count<command_answer>(), 1u);
    auto answer = got.last<command_answer>();
    CAF_CHECK_EQUAL(to_string(code_of(answer.error)), to_string(code));
    CAF_CHECK_EQUAL(answer.cookie, 5u);
    CAF_CHECK(answer.document == nullptr);
    CAF_CHECK_EQUAL(got.count<publish>(), 0u);
    CAF_CHECK_EQUAL(got.count<watch_command>(), 0u);
    return failure_of(answer.error);
  }
};

} // namespace

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

CAF_TEST(beyond the bound on waiters commands are refused until one is answered) {
  start(2);
  submit("WriteNote", "cmd-1", {{"text", "a"}});
  submit("WriteNote", "cmd-2", {{"text", "b"}});
  CAF_CHECK_EQUAL(got.count<command_answer>(), 0u);
  submit("WriteNote", "cmd-3", {{"text", "c"}});
  CAF_REQUIRE_EQUAL(got.count<command_answer>(), 1u);
  CAF_CHECK(code_of(got.last<command_answer>().error) == errc::overloaded);
  CAF_CHECK_EQUAL(got.count<publish>(), 2u);
  ack();
  CAF_CHECK_EQUAL(got.count<command_answer>(), 2u);
  submit("WriteNote", "cmd-4", {{"text", "d"}});
  CAF_CHECK_EQUAL(got.count<publish>(), 3u);
}

CAF_TEST(those who attach count as waiters too) {
  start(1);
  attach("cmd-1", 5s);
  CAF_CHECK_EQUAL(got.count<nats_request>(), 1u);
  attach("cmd-1", 5s);
  CAF_CHECK_EQUAL(got.count<nats_request>(), 1u);
  CAF_REQUIRE_EQUAL(got.count<command_answer>(), 1u);
  CAF_CHECK(code_of(got.last<command_answer>().error) == errc::overloaded);
  submit("WriteNote", "cmd-2", {{"text", "a"}});
  CAF_CHECK_EQUAL(got.count<publish>(), 0u);
}

CAF_TEST(an invalid command takes no place among the waiters) {
  start(1);
  submit("WriteNote", "cmd-1", {{"text", 5}});
  submit("WriteNote", "cmd-2", {{"text", "a"}});
  CAF_CHECK_EQUAL(got.count<publish>(), 1u);
}

CAF_TEST(a draining bus takes no new command) {
  give(bus, drain_atom::value);
  submit("WriteNote", "cmd-1", {{"text", "hello"}});
  refusal(errc::shutting_down);
}

CAF_TEST(a draining bus still answers who attaches but lets nobody wait) {
  give(bus, drain_atom::value);
  attach("cmd-1", 5s);
  auto answer = [&](net::nats_message message) {
    nats_reply x;
    x.cookie = got.last<nats_request>().cookie;
    x.message = std::move(message);
    give(got.last<nats_request>().listener, x);
  };
  answer(incoming::nothing_there());
  answer(incoming::direct("commands.3.WriteNote.cmd-1", 21, "{}", {{command_headers::owner, "public"}}));
  answer(incoming::no_message());
  CAF_REQUIRE_EQUAL(got.count<command_answer>(), 1u);
  CAF_CHECK(got.last<command_answer>().status == outcome_status::pending);
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

// ---- The backlog ---------------------------------------------------------------------------------------------------

CAF_TEST(a new command is refused while too many wait) {
  give(bus, backlog_report{1234, true, 8});
  submit("WriteNote", "cmd-1", {{"text", "hello"}});
  auto why = refusal(errc::backlog_full);
  CAF_CHECK(why.detail.find("1234") != std::string::npos);
  CAF_CHECK_EQUAL(why.retry_after, 8u);
  CAF_CHECK_EQUAL(counts->refusals[static_cast<size_t>(tidings::refusal::backlog)], 1u);
  CAF_CHECK_EQUAL(counts->waiters, 0u);
}

CAF_TEST(those who are refused together are told different times) {
  give(bus, backlog_report{1234, true, 8});
  std::set<uint32_t> times;
  for (int i = 0; i < 10; ++i) {
    submit("WriteNote", "cmd-1", {{"text", "hello"}});
    times.insert(failure_of(got.last<command_answer>().error).retry_after);
  }
  CAF_CHECK(times == (std::set<uint32_t>{8, 9, 10, 11, 12}));
}

CAF_TEST(what is wrong with a command is said whatever waits) {
  give(bus, backlog_report{1234, true, 8});
  submit("WriteNote", "cmd-1", {{"text", 5}});
  refusal(errc::schema_violation);
}

CAF_TEST(when there is room again commands are taken again) {
  give(bus, backlog_report{1234, true, 8});
  give(bus, backlog_report{10, false, 1});
  submit("WriteNote", "cmd-1", {{"text", "hello"}});
  CAF_CHECK_EQUAL(got.count<publish>(), 1u);
}

CAF_TEST(an id that was chosen is looked for before it is refused) {
  give(bus, backlog_report{1234, true, 8});
  auto x = command("WriteNote", "cmd-1", {{"text", "hello"}});
  x.client_chosen = true;
  give(bus, x);
  CAF_CHECK_EQUAL(got.count<command_answer>(), 0u);
  CAF_CHECK_EQUAL(got.count<nats_request>(), 1u);
  CAF_CHECK_EQUAL(got.count<publish>(), 0u);
}

CAF_TEST(to wait for a command that was accepted is never refused for the backlog) {
  give(bus, backlog_report{1234, true, 8});
  attach("cmd-1", 0ms);
  CAF_CHECK_EQUAL(got.count<command_answer>(), 0u);
}

CAF_TEST_FIXTURE_SCOPE_END()
