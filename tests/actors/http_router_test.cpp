// SPDX-License-Identifier: MIT
#define CAF_SUITE http_router

#include "tests/actors/fakes/router_fixture.hpp"

#include <caf/test/unit_test.hpp>

using namespace tidings;
using namespace std::chrono_literals;

CAF_TEST_FIXTURE_SCOPE(http_router_tests, router_fixture)

// ---- Which path is what --------------------------------------------------------------------------------------------

CAF_TEST(a post to a command type submits it) {
  auto x = as<submit_command>(call(with_json("POST", "/commands/WriteNote", R"({"text":"hello"})")));
  CAF_CHECK_EQUAL(x.command_type, "WriteNote");
  CAF_CHECK_EQUAL(text(x.payload["text"]), "hello");
  CAF_CHECK(x.command_id.starts_with("cmd-"));
  CAF_CHECK(!x.client_chosen);
  CAF_CHECK_EQUAL(x.owner->str(), "public");
  CAF_CHECK_EQUAL(x.traceparent, "");
}

CAF_TEST(a get of a command asks for its outcome) {
  for (auto method : {"GET", "HEAD"}) {
    auto found = call(method, "/commands/cmd-1");
    auto x = as<attach_command>(found);
    CAF_CHECK_EQUAL(x.command_id->str(), "cmd-1");
    CAF_CHECK_EQUAL(x.owner->str(), "public");
    CAF_CHECK_EQUAL(found.head, std::string_view{method} == "HEAD");
    CAF_MESSAGE("and without a preference does not wait");
    CAF_CHECK_EQUAL(x.wait.count(), 0);
  }
}

CAF_TEST(queries come by get with parameters and by post with a body) {
  auto by_get = as<ask_query>(call("GET", "/queries/GetNote?id=n1&colour=dark%20red"));
  CAF_CHECK_EQUAL(by_get.query_type, "GetNote");
  CAF_CHECK_EQUAL(dump(by_get.payload), R"({"id":"n1","colour":"dark red"})");
  CAF_CHECK(by_get.query_id.starts_with("qry-"));
  auto by_post = as<ask_query>(call(with_json("POST", "/queries/GetNote", R"({"id":"n1"})")));
  CAF_CHECK_EQUAL(dump(by_post.payload), R"({"id":"n1"})");
  CAF_CHECK(is<ask_query>(call("HEAD", "/queries/GetNote?id=n1")));
}

CAF_TEST(resource routes are commands and queries by nicer names) {
  auto made = as<submit_command>(call(with_json("POST", "/notes", R"({"text":"hello"})")));
  CAF_CHECK_EQUAL(made.command_type, "WriteNote");
  auto put = as<submit_command>(call(with_json("PUT", "/notes/n1", R"({"text":"hello"})")));
  CAF_CHECK_EQUAL(put.command_type, "PutNote");
  CAF_CHECK_EQUAL(text(put.payload["id"]), "n1");
  auto torn = as<submit_command>(call("DELETE", "/notes/n1"));
  CAF_CHECK_EQUAL(torn.command_type, "TearNote");
  CAF_CHECK_EQUAL(dump(torn.payload), R"({"id":"n1"})");
  auto read = as<ask_query>(call("GET", "/notes/n1"));
  CAF_CHECK_EQUAL(read.query_type, "GetNote");
  CAF_CHECK_EQUAL(text(read.payload["id"]), "n1");
  CAF_CHECK_EQUAL(as<ask_query>(call("GET", "/notes?limit=5")).query_type, "ListNotes");
  CAF_CHECK(is<ask_query>(call("HEAD", "/notes/n1")));
  CAF_CHECK(call("HEAD", "/notes/n1").head);
}

CAF_TEST(health and readiness have paths of their own) {
  for (auto method : {"GET", "HEAD"}) {
    CAF_CHECK(is<health_check>(call(method, "/healthz")));
    CAF_CHECK(is<readiness_check>(call(method, "/readyz")));
  }
}

CAF_TEST(a type that no model declares is routed all the same) {
  CAF_CHECK_EQUAL(as<submit_command>(call(with_json("POST", "/commands/Unknown", "{}"))).command_type, "Unknown");
  CAF_CHECK_EQUAL(as<ask_query>(call("GET", "/queries/Unknown")).query_type, "Unknown");
}

CAF_TEST(nothing is at other paths) {
  for (auto path : {"/", "/nowhere", "/commands", "/queries", "/commands/a/b", "/queries/a/b", "/notes/n1/more",
                    "/healthz/", "/HEALTHZ"}) {
    CAF_MESSAGE(path);
    CAF_CHECK_EQUAL(code(call("GET", path)), "not_found");
  }
}

CAF_TEST(what is no token is refused by name) {
  for (auto path : {"/commands/", "/commands/a.b", "/commands/%3E", "/commands/a%20b", "/queries/", "/queries/a.b"}) {
    CAF_MESSAGE(path);
    CAF_CHECK_EQUAL(code(call("GET", path)), "invalid_token");
  }
  CAF_CHECK_EQUAL(code(call(with_json("POST", "/commands/Write.Note", "{}"))), "invalid_token");
  CAF_CHECK_EQUAL(code(call("GET", "/commands/" + std::string(65, 'a'))), "invalid_token");
  CAF_CHECK_EQUAL(code(call("GET", "/commands/" + std::string(64, 'a'))), "");
}

// ---- Methods -------------------------------------------------------------------------------------------------------

CAF_TEST(a method that a path does not take is refused with the list of those it takes) {
  struct row {
    const char *method, *path, *allow;
  };
  for (auto& [method, path, allow] :
       {row{"POST", "/healthz", "GET, HEAD, OPTIONS"}, row{"DELETE", "/readyz", "GET, HEAD, OPTIONS"},
        row{"PUT", "/commands/WriteNote", "GET, HEAD, POST, OPTIONS"},
        row{"DELETE", "/queries/GetNote", "GET, HEAD, POST, OPTIONS"},
        row{"PATCH", "/notes", "GET, HEAD, POST, OPTIONS"},
        row{"PATCH", "/notes/n1", "DELETE, GET, HEAD, PUT, OPTIONS"}, row{"get", "/healthz", "GET, HEAD, OPTIONS"}}) {
    CAF_MESSAGE(method << ' ' << path);
    CAF_CHECK_EQUAL(as<method_refused>(call(method, path)).allow, allow);
  }
}

CAF_TEST(options lists the methods of a path) {
  CAF_CHECK_EQUAL(as<options_check>(call("OPTIONS", "/notes/n1")).allow, "DELETE, GET, HEAD, PUT, OPTIONS");
  CAF_CHECK_EQUAL(as<options_check>(call("OPTIONS", "/healthz")).allow, "GET, HEAD, OPTIONS");
  CAF_CHECK_EQUAL(as<options_check>(call("OPTIONS", "/commands/WriteNote")).allow, "GET, HEAD, POST, OPTIONS");
  CAF_CHECK_EQUAL(code(call("OPTIONS", "/nowhere")), "not_found");
}

// ---- Bodies --------------------------------------------------------------------------------------------------------

CAF_TEST(a body that is not declared as JSON is refused) {
  for (auto type : {"", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1"}) {
    auto x = request("POST", "/commands/WriteNote");
    if (*type != '\0') x.headers.emplace_back("content-type", type);
    x.body = R"({"text":"hello"})";
    CAF_MESSAGE(type);
    CAF_CHECK_EQUAL(code(call(x)), "unsupported_media_type");
    x.body.clear();
    CAF_CHECK_EQUAL(code(call(x)), "unsupported_media_type");
    x.path = "/queries/GetNote";
    CAF_CHECK_EQUAL(code(call(x)), "unsupported_media_type");
  }
}

CAF_TEST(any JSON type will do) {
  for (auto type : {"application/json", "application/json; charset=utf-8", "application/vnd.acme+json"}) {
    auto x = request("POST", "/commands/WriteNote");
    x.headers.emplace_back("content-type", type);
    x.body = R"({"text":"hello"})";
    CAF_CHECK(is<submit_command>(call(x)));
  }
}

CAF_TEST(a body that is no JSON or is missing is malformed) {
  for (auto body : {"", "{", "{\"a\":1,\"a\":2}", "nonsense"}) {
    CAF_MESSAGE(body);
    CAF_CHECK_EQUAL(code(call(with_json("POST", "/commands/WriteNote", body))), "malformed_request");
    CAF_CHECK_EQUAL(code(call(with_json("POST", "/queries/GetNote", body))), "malformed_request");
  }
}

CAF_TEST(what the path says goes into the body) {
  auto x = as<submit_command>(call(with_json("PUT", "/notes/n1", R"({"text":"a","id":"n1"})")));
  CAF_CHECK_EQUAL(dump(x.payload), R"({"text":"a","id":"n1"})");
  CAF_MESSAGE("also where the body may be left out");
  CAF_CHECK_EQUAL(dump(as<submit_command>(call("POST", "/notes/n1/edits")).payload), R"({"id":"n1"})");
  CAF_CHECK_EQUAL(text(as<submit_command>(call("PUT", "/notes/n%C3%A9")).payload["id"]), "n\xC3\xA9");
}

CAF_TEST(a body that contradicts the path is refused with the pointer) {
  auto x = call(with_json("PUT", "/notes/n1", R"({"id":"n2"})"));
  CAF_CHECK_EQUAL(code(x), "schema_violation");
  auto errors = why(x).errors;
  CAF_REQUIRE_EQUAL(errors.size(), 1u);
  CAF_CHECK_EQUAL(errors[0].pointer, "/id");
}

CAF_TEST(a body that is no object cannot take what the path says) {
  CAF_CHECK_EQUAL(code(call(with_json("PUT", "/notes/n1", R"(["n1"])"))), "schema_violation");
}

CAF_TEST(a parameter that is given twice is malformed) {
  CAF_CHECK_EQUAL(code(call("GET", "/queries/GetNote?id=1&id=2")), "malformed_request");
}

CAF_TEST(a parameter that is not UTF8 is malformed and not mended) {
  for (auto* query : {"id=n%ff1", "n%ffid=1", "id=%c0%80", "id=%ed%a0%80", "id=%00"}) CAF_CHECK_EQUAL(code(call("GET", std::string{"/queries/GetNote?"} + query)), "malformed_request");
  CAF_CHECK_EQUAL(code(call("GET", "/notes/n1?x=%ff")), "malformed_request");
}

CAF_TEST(the path wins over a parameter of the same name) {
  CAF_CHECK_EQUAL(dump(as<ask_query>(call("GET", "/notes/n1?id=n2")).payload), R"({"id":"n1"})");
}

CAF_TEST_FIXTURE_SCOPE_END()
