// SPDX-License-Identifier: MIT
#define CAF_SUITE request_forwarder

#include "actors/request_forwarder.hpp"

#include "actors/headers.hpp"
#include "tests/actors/fakes/models.hpp"

#include "tests/actors/fakes/fixture.hpp"

using namespace tidings;

namespace {

struct forwarder_fixture : actor_fixture {
  nats_gateway_actor gateway = fake<nats_gateway_actor>();
  command_listener commands = fake<command_listener>();
  query_listener queries = fake<query_listener>();
  request_forwarder_actor forwarder;

  forwarder_fixture() {
    request_forwarder_options options;
    options.gateway = gateway;
    options.max_open = 2;
    forwarder = kept(sys.spawn(request_forwarder, std::move(options)));
  }

  void command(milliseconds wait = milliseconds{0}, const std::string& type = "Paint",
               const std::string& traceparent = {}) {
    submit_command x;
    x.command_type = type;
    x.command_id = "cmd-1";
    x.service_id = "http";
    x.payload = {{"color", "red"}};
    x.wait = wait;
    x.traceparent = traceparent;
    x.listener = commands;
    x.cookie = 6;
    give(forwarder, x);
  }

  void query(const std::string& type = "GetPaint", milliseconds patience = milliseconds{0},
             const std::string& traceparent = {}) {
    ask_query x;
    x.patience = patience;
    x.traceparent = traceparent;
    x.query_type = type;
    x.query_id = "qry-1";
    x.payload = {{"color", "red"}};
    x.listener = queries;
    x.cookie = 7;
    give(forwarder, x);
  }

  nats_request asked() const { return got.last<nats_request>(); }

  void reply(const std::string& data) {
    nats_reply x;
    x.cookie = asked().cookie;
    x.message = incoming::message("_INBOX.x", {}, data);
    give(forwarder, x);
  }

  void reply_error(errc code) {
    nats_reply x;
    x.cookie = asked().cookie;
    x.error = make_error(code);
    give(forwarder, x);
  }

  static std::string envelope(const std::string& field, const json& success, const std::string& code = {}) {
    json x = {{"success", success},
              {field, "id-1"},
              {"timestamp", "2026-01-02T03:04:05Z"},
              {"payload", {{"shade", 3}}},
              {"error", nullptr}};
    if (success == false) x["error"] = "no";
    if (!code.empty()) x["code"] = code;
    return dump(x);
  }

  command_answer answer() const {
    CAF_REQUIRE_EQUAL(got.count<command_answer>(), 1u);
    CAF_CHECK_EQUAL(got.last<command_answer>().cookie, 6u);
    CAF_CHECK_EQUAL(got.last<command_answer>().command_id, "cmd-1");
    return got.last<command_answer>();
  }

  query_answer query_reply() const {
    CAF_REQUIRE_EQUAL(got.count<query_answer>(), 1u);
    CAF_CHECK_EQUAL(got.last<query_answer>().cookie, 7u);
    CAF_CHECK_EQUAL(got.last<query_answer>().query_id, "qry-1");
    return got.last<query_answer>();
  }

  std::string refusal(errc code) const {
    auto x = answer();
    CAF_CHECK_EQUAL(to_string(code_of(x.error)), to_string(code));
    CAF_CHECK(x.document == nullptr);
    return failure_of(x.error).detail;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(request_forwarder_tests, forwarder_fixture)

CAF_TEST(a command goes to the subject of its type) {
  const std::string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  command(milliseconds{1200}, "Paint", trace);
  CAF_CHECK_EQUAL(asked().subject, "commands.Paint");
  CAF_CHECK_EQUAL(asked().timeout.count(), 1200);
  auto headers = asked().headers;
  CAF_REQUIRE_EQUAL(headers.size(), 1u);
  CAF_CHECK_EQUAL(headers[0].first, std::string{command_headers::traceparent});
  CAF_CHECK_EQUAL(headers[0].second, trace);
  auto sent = parsed(asked().data);
  CAF_CHECK_EQUAL(text(sent["command_type"]), "Paint");
  CAF_CHECK_EQUAL(text(sent["command_id"]), "cmd-1");
  CAF_CHECK_EQUAL(text(sent["service_id"]), "http");
  CAF_CHECK_EQUAL(text(sent["payload"]["color"]), "red");
  CAF_CHECK_EQUAL(got.count<command_answer>(), 0u);
}

CAF_TEST(a client that names no wait has the default) {
  command();
  CAF_CHECK_EQUAL(asked().timeout.count(), 5000);
  CAF_CHECK(asked().headers.empty());
  query();
  CAF_CHECK_EQUAL(asked().timeout.count(), 3000);
}

CAF_TEST(a query has the time and the trace of its client) {
  query("GetPaint", milliseconds{700}, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  CAF_CHECK_EQUAL(asked().timeout.count(), 700);
  auto headers = asked().headers;
  CAF_REQUIRE_EQUAL(headers.size(), 1u);
  CAF_CHECK_EQUAL(headers[0].first, std::string{command_headers::traceparent});
}

CAF_TEST(a query goes to the subject of its type) {
  query();
  CAF_CHECK_EQUAL(asked().subject, "queries.GetPaint");
  CAF_CHECK_EQUAL(text(parsed(asked().data)["query_id"]), "qry-1");
}

CAF_TEST(what the service answers comes as it is) {
  command();
  auto body = envelope("command_id", true);
  reply(body);
  CAF_CHECK(!answer().error);
  CAF_CHECK(answer().status == outcome_status::completed);
  CAF_REQUIRE(answer().document != nullptr);
  CAF_CHECK_EQUAL(*answer().document, body);
}

CAF_TEST(a failed command carries its code) {
  command();
  reply(envelope("command_id", false, "dried_up"));
  CAF_CHECK(answer().status == outcome_status::failed);
  CAF_CHECK_EQUAL(answer().code, "dried_up");
}

CAF_TEST(a command that is not done yet is pending) {
  command();
  reply(envelope("command_id", nullptr));
  CAF_CHECK(!answer().error);
  CAF_CHECK(answer().status == outcome_status::pending);
}

CAF_TEST(a query answer comes as it is and says whether it failed) {
  query();
  auto body = envelope("query_id", true);
  reply(body);
  CAF_CHECK_EQUAL(query_reply().body, body);
  CAF_CHECK(!query_reply().failed_elsewhere);
}

CAF_TEST(a query that failed elsewhere is no error of ours) {
  query();
  reply(envelope("query_id", false));
  CAF_CHECK(!query_reply().error);
  CAF_CHECK(query_reply().failed_elsewhere);
}

CAF_TEST(nobody there names the subject) {
  command();
  reply_error(errc::no_handler);
  CAF_CHECK_EQUAL(refusal(errc::no_handler), "No handler available for commands.Paint");
}

CAF_TEST(no answer in time names the time) {
  command(milliseconds{1200});
  reply_error(errc::handler_timeout);
  CAF_CHECK_EQUAL(refusal(errc::handler_timeout), "Command request timeout after 1200ms");
}

CAF_TEST(a query without an answer is told so) {
  query();
  reply_error(errc::handler_timeout);
  CAF_CHECK_EQUAL(failure_of(query_reply().error).detail, "Query request timeout after 3000ms");
}

CAF_TEST(a stream that captures the subject is told apart) {
  command();
  reply(R"({"stream":"PAINT","seq":4})");
  CAF_CHECK(refusal(errc::subject_captured).find("commands.Paint") != std::string::npos);
}

CAF_TEST(an answer that is no envelope is a bad reply) {
  command();
  reply("hello");
  refusal(errc::bad_reply);
}

CAF_TEST(a query envelope does not answer a command) {
  command();
  reply(envelope("query_id", true));
  CAF_CHECK_EQUAL(refusal(errc::bad_reply), "Invalid response format: expected 'command_id' field");
}

CAF_TEST(a type that is no token never reaches a subject) {
  command(milliseconds{0}, "Paint.>");
  refusal(errc::invalid_token);
  query("a b");
  CAF_CHECK_EQUAL(to_string(code_of(query_reply().error)), to_string(errc::invalid_token));
  CAF_CHECK_EQUAL(got.count<nats_request>(), 0u);
}

CAF_TEST(open requests are bounded and an answer makes room) {
  query();
  query();
  command();
  CAF_CHECK_EQUAL(got.count<nats_request>(), 2u);
  refusal(errc::overloaded);
  reply(envelope("query_id", true));
  CAF_MESSAGE("an answer counts once");
  reply(envelope("query_id", true));
  CAF_CHECK_EQUAL(got.count<query_answer>(), 1u);
  command();
  CAF_CHECK_EQUAL(got.count<nats_request>(), 3u);
}

CAF_TEST_FIXTURE_SCOPE_END()
