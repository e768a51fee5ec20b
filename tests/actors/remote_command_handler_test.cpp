// SPDX-License-Identifier: MIT
#define CAF_SUITE remote_command_handler

#include "actors/remote_command_handler.hpp"

#include "actors/headers.hpp"
#include "tests/actors/fakes/commands.hpp"

#include "tests/actors/fakes/fixture.hpp"

using namespace tidings;
using namespace std::chrono_literals;

namespace {

struct remote_fixture : actor_fixture {
  catalog_ptr models = sample_catalog();
  nats_gateway_actor gateway = fake<nats_gateway_actor>();
  remote_handler_actor handler =
      kept(sys.spawn(remote_command_handler, gateway, remote_handler{"handlers.notes", milliseconds{1500}}));
  std::vector<decision> decisions;
  std::vector<caf::error> errors;

  stored_command_ptr command(const std::string& type = "EditNote") const {
    return stored(models, type, "cmd-10", {{"id", "n1"}, {"text", "new"}}, 10);
  }

  void decide(stored_command_ptr what, document_ptr current = nullptr) {
    kept(sys.spawn([this, what, current](caf::event_based_actor* asker) {
      asker->request(handler, caf::infinite, decide_command{what, current})
          .then([this](const decision& x) { decisions.push_back(x); },
                [this](const caf::error& x) { errors.push_back(x); });
    }));
    consume_messages();
  }

  json asked() const { return parsed(got.last<nats_request>().data); }

  void reply(const std::string& data, std::optional<uint64_t> cookie = std::nullopt) {
    nats_reply x;
    x.cookie = cookie.value_or(got.last<nats_request>().cookie);
    x.message = incoming::message("_INBOX.decision", {}, data);
    give(handler, x);
  }

  void progress(const std::string& data) {
    nats_reply x;
    x.cookie = got.last<nats_request>().cookie;
    x.message = incoming::message("_INBOX.decision", {}, data);
    x.partial = true;
    give(handler, x);
  }

  static std::string envelope(const json& success, const json& payload, const json& error = nullptr) {
    return dump({{"success", success},
                 {"command_id", "cmd-10"},
                 {"timestamp", "2026-01-02T03:04:05Z"},
                 {"payload", payload},
                 {"error", error}});
  }

  void reply_error(errc code) {
    nats_reply x;
    x.cookie = got.last<nats_request>().cookie;
    x.error = make_error(code);
    give(handler, x);
  }

  std::string refusal(errc code) const {
    CAF_CHECK_EQUAL(decisions.size(), 0u);
    CAF_REQUIRE_EQUAL(errors.size(), 1u);
    CAF_CHECK_EQUAL(to_string(code_of(errors[0])), to_string(code));
    return failure_of(errors[0]).detail;
  }

  template <class T>
  T decided() const {
    CAF_CHECK_EQUAL(errors.size(), 0u);
    CAF_REQUIRE_EQUAL(decisions.size(), 1u);
    CAF_REQUIRE(std::holds_alternative<T>(decisions[0]));
    return std::get<T>(decisions[0]);
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(remote_command_handler_tests, remote_fixture)

CAF_TEST(the command goes out with the document that is there) {
  auto what = std::make_shared<stored_command>(*command());
  what->traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  decide(what, document("n1", 3, 2, "cmd-2", {{"id", "n1"}, {"text", "old"}}));
  auto out = got.last<nats_request>();
  CAF_CHECK_EQUAL(out.subject, "handlers.notes");
  CAF_CHECK_EQUAL(out.timeout.count(), 1500);
  CAF_REQUIRE_EQUAL(out.headers.size(), 1u);
  CAF_CHECK_EQUAL(out.headers[0].first, std::string{command_headers::traceparent});
  CAF_CHECK_EQUAL(out.headers[0].second.str(), what->traceparent);
  CAF_CHECK_EQUAL(text(asked()["command_type"]), "EditNote");
  CAF_CHECK_EQUAL(text(asked()["command_id"]), "cmd-10");
  CAF_CHECK_EQUAL(text(asked()["payload"]["text"]), "new");
  CAF_CHECK_EQUAL(text(asked()["state"]["text"]), "old");
  CAF_CHECK_EQUAL(decisions.size() + errors.size(), 0u);
}

CAF_TEST(neither a missing document nor a tombstone is a state) {
  decide(command());
  CAF_CHECK(asked().at("state").is_null());
  CAF_CHECK(got.last<nats_request>().headers.empty());
  decide(command(), tombstone("n1", 3, 2, "cmd-2"));
  CAF_CHECK_EQUAL(got.count<nats_request>(), 2u);
  CAF_CHECK(asked().at("state").is_null());
}

CAF_TEST(success is the new document and cannot move its key) {
  decide(command());
  reply(envelope(true, {{"id", "elsewhere"}, {"text", "theirs"}}));
  auto written = decided<write_document>().document;
  CAF_CHECK_EQUAL(text(written["text"]), "theirs");
  CAF_CHECK_EQUAL(text(written["id"]), "n1");
}

CAF_TEST(success of a delete needs no document) {
  decide(command("TearNote"));
  reply(envelope(true, nullptr));
  decided<remove_document>();
}

CAF_TEST(a failure is a rejection with its code) {
  decide(command());
  auto body = parsed(envelope(false, nullptr, "too long"));
  body["code"] = "text_too_long";
  reply(dump(body));
  CAF_CHECK_EQUAL(decided<rejection>().code, "text_too_long");
  CAF_CHECK_EQUAL(decided<rejection>().message, "too long");
}

CAF_TEST(a failure without a usable code is rejected all the same) {
  decide(command());
  auto body = parsed(envelope(false, nullptr, "no"));
  body["code"] = "not a token";
  reply(dump(body));
  CAF_CHECK_EQUAL(decided<rejection>().code, "rejected");
}

CAF_TEST(progress is told to those who follow and is no answer) {
  decide(command());
  progress(R"({"progress":{"percent":40}})");
  CAF_REQUIRE_EQUAL(got.count<emit>(), 1u);
  CAF_CHECK_EQUAL(got.last<emit>().subject, "progress.public.cmd-10");
  auto told = parsed(got.last<emit>().data);
  CAF_CHECK_EQUAL(text(told["command_id"]), "cmd-10");
  CAF_CHECK_EQUAL(text(told["command_type"]), "EditNote");
  CAF_CHECK_EQUAL(text(told["status"]), "pending");
  CAF_CHECK(told["progress"] == json{{"percent", 40}});
  CAF_CHECK_EQUAL(decisions.size() + errors.size(), 0u);
  CAF_MESSAGE("even if it looks like one");
  pass(60ms, 10ms);
  auto answer = parsed(envelope(true, {{"id", "n1"}}));
  answer["progress"] = 50;
  progress(dump(answer));
  CAF_CHECK_EQUAL(got.count<emit>(), 2u);
  CAF_CHECK_EQUAL(decisions.size() + errors.size(), 0u);
  reply(envelope(true, {{"id", "n1"}}));
  decided<write_document>();
  CAF_MESSAGE("and nothing is told after the answer");
  progress(R"({"progress":100})");
  CAF_CHECK_EQUAL(got.count<emit>(), 2u);
}

CAF_TEST(progress that comes too fast or says nothing is left out) {
  decide(command());
  for (auto text : {"no JSON", "[1]", "{}", R"({"percent":1})"}) progress(text);
  progress(R"({"progress":")" + std::string(4096, 'x') + "\"}");
  CAF_CHECK_EQUAL(got.count<emit>(), 0u);
  progress(R"({"progress":1})");
  progress(R"({"progress":2})");
  CAF_CHECK_EQUAL(got.count<emit>(), 1u);
  pass(60ms, 10ms);
  progress(R"({"progress":3})");
  CAF_CHECK_EQUAL(got.count<emit>(), 2u);
}

CAF_TEST(nobody there is not now) {
  decide(command());
  reply_error(errc::no_handler);
  CAF_CHECK_EQUAL(refusal(errc::no_handler), "nobody answers handlers.notes");
}

CAF_TEST(no answer in time is not now) {
  decide(command());
  reply_error(errc::handler_timeout);
  CAF_CHECK_EQUAL(refusal(errc::handler_timeout), "handlers.notes did not answer within 1500ms");
}

CAF_TEST(an answer that is no envelope is an error) {
  decide(command());
  reply("hello");
  CAF_CHECK_EQUAL(refusal(errc::bad_reply).find("handlers.notes: "), 0u);
}

CAF_TEST(a pending answer is an error) {
  decide(command());
  reply(envelope(nullptr, {{"id", "n1"}}));
  refusal(errc::bad_reply);
}

CAF_TEST(success without a document is an error unless it deletes) {
  decide(command());
  reply(envelope(true, nullptr));
  refusal(errc::bad_reply);
}

CAF_TEST(answers find their questions and count once) {
  decide(command());
  decide(command("PutNote"));
  auto asked_twice = got.all<nats_request>();
  CAF_REQUIRE_EQUAL(asked_twice.size(), 2u);
  reply(envelope(true, {{"text", "second"}}), asked_twice[1].cookie);
  CAF_REQUIRE_EQUAL(decisions.size(), 1u);
  CAF_CHECK_EQUAL(text(std::get<write_document>(decisions[0]).document["text"]), "second");
  reply(envelope(true, {{"text", "again"}}), asked_twice[1].cookie);
  CAF_CHECK_EQUAL(decisions.size(), 1u);
  reply(envelope(true, {{"text", "first"}}), asked_twice[0].cookie);
  CAF_REQUIRE_EQUAL(decisions.size(), 2u);
  CAF_CHECK_EQUAL(text(std::get<write_document>(decisions[1]).document["text"]), "first");
}

CAF_TEST_FIXTURE_SCOPE_END()
