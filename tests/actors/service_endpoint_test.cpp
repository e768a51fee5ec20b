// SPDX-License-Identifier: MIT
#define CAF_SUITE service_endpoint

#include "actors/service_endpoint.hpp"

#include "tests/actors/fakes/models.hpp"

#include "tests/actors/fakes/fixture.hpp"

using namespace tidings;

namespace {

struct endpoint_fixture : actor_fixture {
  nats_gateway_actor gateway = fake<nats_gateway_actor>();
  command_bus_actor commands = fake<command_bus_actor>();
  query_bus_actor queries = fake<query_bus_actor>();
  service_endpoint_actor endpoint;

  endpoint_fixture() {
    service_endpoint_options options;
    options.model = model_of(notes);
    options.gateway = gateway;
    options.commands = commands;
    options.queries = queries;
    options.max_open = 2;
    endpoint = kept(sys.spawn(service_endpoint, std::move(options)));
    consume_messages();
  }

  subscribe subscription(const std::string& subject) const {
    for (auto& x : got.all<subscribe>())
      if (x.subject == subject) return x;
    throw std::runtime_error{"nobody subscribed to " + subject};
  }

  void request(const std::string& subject, const std::string& data, const incoming::header_list& headers = {},
               const std::string& reply = "_INBOX.client") {
    nats_batch x;
    x.tag = subscription(subject).tag;
    x.messages.push_back(incoming::message(subject, reply, data, headers));
    give(endpoint, x);
  }

  static std::string command(const std::string& type = "WriteNote") {
    return dump({{"command_type", type},
                 {"command_id", "cmd-1"},
                 {"service_id", "shop"},
                 {"timestamp", "2026-01-02T03:04:05Z"},
                 {"payload", {{"text", "hello"}}}});
  }

  static std::string query(const std::string& type = "GetNote") {
    return dump({{"query_type", type},
                 {"query_id", "qry-1"},
                 {"service_id", "shop"},
                 {"timestamp", "2026-01-02T03:04:05Z"},
                 {"payload", {{"id", "n1"}}}});
  }

  void answer_command(uint64_t cookie, outcome_status status, const std::string& code, const std::string& document) {
    command_answer x;
    x.cookie = cookie;
    x.command_id = "cmd-1";
    x.status = status;
    x.code = code;
    x.document = std::make_shared<const std::string>(document);
    give(endpoint, x);
  }

  json refusal(const std::string& code) const {
    CAF_REQUIRE_EQUAL(got.count<emit>(), 1u);
    CAF_CHECK_EQUAL(got.last<emit>().subject, "_INBOX.client");
    auto body = parsed(got.last<emit>().data);
    CAF_CHECK(body.at("success") == false);
    CAF_CHECK_EQUAL(text(body.at("code")), code);
    CAF_CHECK_EQUAL(got.count<submit_command>() + got.count<ask_query>(), 0u);
    return body;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(service_endpoint_tests, endpoint_fixture)

CAF_TEST(requests are shared by the service and discovery is for everybody) {
  CAF_CHECK_EQUAL(subscription("commands.WriteNote").queue, "notes");
  CAF_CHECK_EQUAL(subscription("queries.GetNote").queue, "notes");
  CAF_CHECK_EQUAL(subscription("$SRV.PING").queue, "");
  CAF_CHECK_EQUAL(subscription("$SRV.INFO.notes").queue, "");
}

CAF_TEST(a command goes to the bus and its outcome comes back) {
  request("commands.WriteNote", command(), {{"Tidings-Timeout-Ms", "1500"}});
  CAF_REQUIRE_EQUAL(got.count<submit_command>(), 1u);
  auto sent = got.last<submit_command>();
  CAF_CHECK_EQUAL(sent.command_type, "WriteNote");
  CAF_CHECK_EQUAL(sent.command_id, "cmd-1");
  CAF_CHECK(sent.client_chosen);
  CAF_CHECK_EQUAL(sent.service_id, "shop");
  CAF_CHECK_EQUAL(sent.wait.count(), 1500);
  CAF_REQUIRE(sent.owner.has_value());
  CAF_CHECK_EQUAL(sent.owner->str(), "public");
  CAF_CHECK_EQUAL(text(sent.payload["text"]), "hello");
  CAF_CHECK_EQUAL(got.count<emit>(), 0u);
  answer_command(sent.cookie, outcome_status::completed, {}, "{\"n\":1}");
  CAF_REQUIRE_EQUAL(got.count<emit>(), 1u);
  CAF_CHECK_EQUAL(got.last<emit>().subject, "_INBOX.client");
  CAF_CHECK_EQUAL(got.last<emit>().data, "{\"n\":1}");
  CAF_MESSAGE("once");
  answer_command(sent.cookie, outcome_status::completed, {}, "{\"n\":1}");
  CAF_CHECK_EQUAL(got.count<emit>(), 1u);
}

CAF_TEST(how long a command waits is bounded and has a default) {
  request("commands.WriteNote", command());
  CAF_CHECK_EQUAL(got.last<submit_command>().wait.count(), 10'000);
  request("commands.WriteNote", command(), {{"Tidings-Timeout-Ms", "999999999"}});
  CAF_CHECK_EQUAL(got.last<submit_command>().wait.count(), 300'000);
}

CAF_TEST(a timeout that is no number is the default) {
  request("commands.WriteNote", command(), {{"Tidings-Timeout-Ms", "12x"}});
  CAF_CHECK_EQUAL(got.last<submit_command>().wait.count(), 10'000);
}

CAF_TEST(only a well formed traceparent is passed on) {
  const std::string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  request("commands.WriteNote", command(), {{"traceparent", trace}});
  CAF_CHECK_EQUAL(got.last<submit_command>().traceparent, trace);
  request("commands.WriteNote", command(), {{"traceparent", "nonsense"}});
  CAF_CHECK_EQUAL(got.count<submit_command>(), 2u);
  CAF_CHECK_EQUAL(got.last<submit_command>().traceparent, "");
}

CAF_TEST(a command that nobody waits for is carried out without an answer) {
  request("commands.WriteNote", command(), {}, {});
  CAF_REQUIRE_EQUAL(got.count<submit_command>(), 1u);
  answer_command(got.last<submit_command>().cookie, outcome_status::completed, {}, "{}");
  CAF_CHECK_EQUAL(got.count<emit>(), 0u);
}

CAF_TEST(a query goes to the bus and its answer comes back) {
  request("queries.GetNote", query());
  CAF_REQUIRE_EQUAL(got.count<ask_query>(), 1u);
  CAF_CHECK_EQUAL(got.last<ask_query>().query_id, "qry-1");
  CAF_CHECK_EQUAL(text(got.last<ask_query>().payload["id"]), "n1");
  query_answer x;
  x.cookie = got.last<ask_query>().cookie;
  x.body = "{\"n\":2}";
  give(endpoint, x);
  CAF_CHECK_EQUAL(got.last<emit>().data, "{\"n\":2}");
}

CAF_TEST(an error becomes an envelope) {
  request("queries.GetNote", query());
  query_answer x;
  x.cookie = got.last<ask_query>().cookie;
  x.query_id = "qry-1";
  x.error = make_error(errc::unavailable, "not yet");
  give(endpoint, x);
  auto body = parsed(got.last<emit>().data);
  CAF_CHECK(body.at("success") == false);
  CAF_CHECK_EQUAL(text(body.at("query_id")), "qry-1");
  CAF_CHECK_EQUAL(text(body.at("code")), "unavailable");
  CAF_CHECK_EQUAL(text(body.at("error")), "not yet");
}

CAF_TEST(what is no request is refused) {
  request("commands.WriteNote", "hello");
  CAF_CHECK_EQUAL(text(refusal("malformed_request").at("command_id")), "");
}

CAF_TEST(a type that the subject does not name is refused with the id) {
  request("commands.WriteNote", command("PutNote"));
  auto body = refusal("malformed_request");
  CAF_CHECK_EQUAL(text(body.at("command_id")), "cmd-1");
  CAF_CHECK_EQUAL(text(body.at("errors").at(0).at("pointer")), "/command_type");
}

CAF_TEST(a query of another type is refused) {
  request("queries.GetNote", query("ListNotes"));
  CAF_CHECK_EQUAL(text(refusal("malformed_request").at("query_id")), "qry-1");
}

CAF_TEST(open requests are bounded and an answer makes room) {
  for (int i = 0; i < 3; ++i)
    request("commands.WriteNote", command());
  CAF_CHECK_EQUAL(got.count<submit_command>(), 2u);
  CAF_REQUIRE_EQUAL(got.count<emit>(), 1u);
  CAF_CHECK_EQUAL(text(parsed(got.last<emit>().data).at("code")), "overloaded");
  CAF_CHECK_EQUAL(parsed(got.last<emit>().data).at("retry_after").get<int>(), 1);
  answer_command(got.last<submit_command>().cookie, outcome_status::completed, {}, "{}");
  request("queries.GetNote", query());
  CAF_CHECK_EQUAL(got.count<ask_query>(), 1u);
}

CAF_TEST(statistics count requests and errors) {
  request("commands.WriteNote", command());
  answer_command(got.last<submit_command>().cookie, outcome_status::failed, "already_exists", "{}");
  request("commands.WriteNote", command());
  answer_command(got.last<submit_command>().cookie, outcome_status::completed, {}, "{}");
  request("$SRV.STATS.notes", "", {}, "_INBOX.stats");
  CAF_CHECK_EQUAL(got.last<emit>().subject, "_INBOX.stats");
  auto stats = parsed(got.last<emit>().data);
  bool found = false;
  for (auto& x : stats.at("endpoints"))
    if (x.at("subject") == "commands.WriteNote") {
      found = true;
      CAF_CHECK_EQUAL(x.at("num_requests").get<int>(), 2);
      CAF_CHECK_EQUAL(x.at("num_errors").get<int>(), 1);
    }
  CAF_CHECK(found);
}

CAF_TEST(discovery without a reply subject is ignored) {
  request("$SRV.PING", "", {}, {});
  CAF_CHECK_EQUAL(got.count<emit>(), 0u);
  request("$SRV.PING", "", {}, "_INBOX.ping");
  CAF_CHECK_EQUAL(text(parsed(got.last<emit>().data).at("name")), "notes");
}

CAF_TEST(a drained endpoint leaves and still answers what is open) {
  request("commands.WriteNote", command());
  give(endpoint, drain_atom::value);
  CAF_CHECK_EQUAL(got.count<unsubscribe>(), got.count<subscribe>());
  answer_command(got.last<submit_command>().cookie, outcome_status::completed, {}, "{}");
  CAF_CHECK_EQUAL(got.count<emit>(), 1u);
}

CAF_TEST_FIXTURE_SCOPE_END()
