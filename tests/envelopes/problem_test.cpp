// SPDX-License-Identifier: MIT
#define CAF_SUITE problem

#include "envelopes/problem.hpp"

#include <caf/all.hpp>

#include "envelopes/errc.hpp"
#include "envelopes/json.hpp"

#include <caf/test/dsl.hpp>

using namespace tidings;

CAF_TEST(a problem has the members of RFC 9457 and ours in a fixed order) {
  auto error = make_error(errc::schema_violation, failure{"The payload breaks the schema", {{"/name", "is required"}}});
  CAF_CHECK_EQUAL(render_problem(error, "/commands/CreateUser", "4bf92f3577b34da6a3ce929d0e0e4736"),
                  R"({"type":"urn:tidings:problem:schema_violation","title":"Schema violation","status":422,)"
                  R"("detail":"The payload breaks the schema","instance":"/commands/CreateUser",)"
                  R"("code":"schema_violation","errors":[{"pointer":"/name","message":"is required"}],)"
                  R"("trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"})");
}

CAF_TEST(without a trace the trace id is null) {
  auto document = parse_json(render_problem(make_error(errc::not_found), "/x", ""));
  CAF_REQUIRE(document);
  CAF_CHECK((*document)["trace_id"].is_null());
  CAF_CHECK_EQUAL((*document)["detail"], "Not found");
  CAF_CHECK_EQUAL((*document)["errors"], json::array());
}

CAF_TEST(no byte of the path is reflected as it came unless a path may have it) {
  for (int byte = 0; byte < 256; ++byte) {
    auto path = std::string{"/a"} + static_cast<char>(byte) + "b";
    auto text = render_problem(make_error(errc::not_found), path, "");
    auto document = parse_json(text);
    CAF_REQUIRE(document);
    auto instance = (*document)["instance"].get<std::string>();
    auto plain = std::isalnum(byte) != 0 ||
                 std::string_view{"-._~!$&'()*+,;=:@/%"}.find(static_cast<char>(byte)) != std::string_view::npos;
    CAF_CHECK_EQUAL(instance == path, plain && byte < 128);
    CAF_CHECK(std::all_of(instance.begin(), instance.end(), [](char c) { return c > ' ' && c < 0x7f; }));
  }
}

CAF_TEST(a long path is cut) {
  auto text = render_problem(make_error(errc::not_found), "/" + std::string(100'000, 'a'), "");
  CAF_CHECK_LESS(text.size(), 2'000u);
}

CAF_TEST(control characters in a detail are escaped) {
  auto text = render_problem(make_error(errc::malformed_request, "a\r\nb\x01"), "/", "");
  CAF_CHECK(std::none_of(text.begin(), text.end(), [](char c) { return c >= 0 && c < ' '; }));
  CAF_CHECK(parse_json(text));
}

CAF_TEST(what is only for us is told as an internal error without detail) {
  for (auto code : {errc::internal, errc::wrong_revision, errc::bad_model, errc::bad_configuration}) {
    auto text = render_problem(make_error(code, "secret path"), "/", "");
    CAF_CHECK(text.find("secret") == std::string::npos);
    CAF_CHECK(text.find(R"("code":"internal")") != std::string::npos);
    CAF_CHECK(text.find(R"("status":500)") != std::string::npos);
  }
  auto foreign = render_problem(caf::make_error(caf::sec::runtime_error, "secret"), "/", "");
  CAF_CHECK(foreign.find("secret") == std::string::npos);
}
