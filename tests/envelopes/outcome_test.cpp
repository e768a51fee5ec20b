// SPDX-License-Identifier: MIT
#define CAF_SUITE outcome

#include "envelopes/outcome.hpp"

#include <caf/all.hpp>

#include "envelopes/errc.hpp"

#include <caf/test/dsl.hpp>

using namespace tidings;

namespace {

outcome completed() {
  outcome x;
  x.command_id = "cmd-1";
  x.command_type = "CreateLocation";
  x.timestamp = "2025-11-29T12:34:56.789Z";
  x.status = outcome_status::completed;
  x.reached = stage::projected;
  x.payload = json{{"id", "42"}, {"name", "B\u00e2le"}};
  x.key = "42";
  x.revision = 7;
  x.actions = {{"redirect", "/locations/42"}};
  return x;
}

outcome failed() {
  outcome x;
  x.command_id = "cmd-2";
  x.command_type = "CreateUser";
  x.timestamp = "2025-11-29T12:34:56Z";
  x.status = outcome_status::failed;
  x.reached = stage::handled;
  x.error = "User already exists with email: \"a\"@b";
  x.code = "not_unique";
  return x;
}

} // namespace

CAF_TEST(a completed outcome has its fields in the order of the contract) {
  CAF_CHECK_EQUAL(
      to_json(completed()),
      R"({"success":true,"command_id":"cmd-1","timestamp":"2025-11-29T12:34:56.789Z",)"
      R"("payload":{"id":"42","name":"Bâle"},"error":null,"command_type":"CreateLocation","status":"completed",)"
      R"("stage":"projected","code":null,"key":"42","revision":7,)"
      R"("actions":[{"type":"redirect","data":"/locations/42"}],)"
      R"("links":{"self":"/commands/cmd-1","events":"/commands/cmd-1/events"}})");
}

CAF_TEST(a failed outcome says why) {
  auto text = to_json(failed());
  CAF_CHECK(text.starts_with(R"({"success":false,)"));
  CAF_CHECK(text.find(R"("error":"User already exists with email: \"a\"@b")") != std::string::npos);
  CAF_CHECK(text.find(R"("code":"not_unique")") != std::string::npos);
  CAF_CHECK(text.find(R"("actions":[])") != std::string::npos);
}

CAF_TEST(a pending outcome is neither success nor failure) {
  outcome x;
  x.command_id = "cmd-3";
  CAF_CHECK(to_json(x).starts_with(R"({"success":null,"command_id":"cmd-3",)"));
  CAF_CHECK(to_json(x).find(R"("status":"pending","stage":"accepted")") != std::string::npos);
}

CAF_TEST(what is written is read back the same) {
  for (const auto& x : {completed(), failed()}) {
    auto text = to_json(x);
    auto parsed = parse_outcome(text);
    CAF_REQUIRE(parsed);
    CAF_CHECK(*parsed == x);
    CAF_CHECK_EQUAL(to_json(*parsed), text);
    CAF_CHECK(parse_json(text));
  }
}

CAF_TEST(several actions stay apart) {
  auto x = completed();
  x.actions.push_back({"reload", nullptr});
  CAF_CHECK(to_json(x).find(R"([{"type":"redirect","data":"/locations/42"},{"type":"reload","data":null}])") !=
            std::string::npos);
  CAF_CHECK(*parse_outcome(to_json(x)) == x);
}

CAF_TEST(an outcome with a wrong field is refused by its name) {
  auto detail = [](const char* name, const json& value) {
    auto document = *parse_json(to_json(completed()));
    document[name] = value;
    auto parsed = parse_outcome(dump(document));
    return parsed ? std::string{"accepted"} : failure_of(parsed.error()).detail;
  };
  for (auto name : {"command_type", "status", "stage", "revision", "actions", "timestamp"})
    CAF_CHECK_EQUAL(detail(name, json{{"x", 1}}), "Invalid request format: expected '" + std::string{name} + "' field");
  CAF_CHECK_EQUAL(detail("status", "done"), "Invalid request format: expected 'status' field");
  CAF_CHECK_EQUAL(detail("actions", json::array({1})), "Invalid request format: expected 'actions' field");
}

CAF_TEST(status and stage have stable words) {
  CAF_CHECK_EQUAL(to_string(outcome_status::pending), "pending");
  CAF_CHECK_EQUAL(to_string(outcome_status::completed), "completed");
  CAF_CHECK_EQUAL(to_string(outcome_status::failed), "failed");
  CAF_CHECK_EQUAL(to_string(stage::accepted), "accepted");
  CAF_CHECK_EQUAL(to_string(stage::handled), "handled");
  CAF_CHECK_EQUAL(to_string(stage::projected), "projected");
}
