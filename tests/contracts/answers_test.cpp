// SPDX-License-Identifier: MIT
#define CAF_SUITE answers

#include "contracts/answers.hpp"

#include <stdexcept>

#include <caf/all.hpp>
#include <caf/test/dsl.hpp>

using namespace tidings;
using namespace tidings::contracts;

CAF_TEST(errors find their status in the one table) {
  component_pool pool;
  auto out = answers{}.problems({errc::not_found, errc::schema_violation, errc::idempotency_mismatch}).render(pool);
  CAF_CHECK_EQUAL(out.size(), 2u);
  CAF_CHECK_EQUAL(dump(out["404"]), R"({"$ref":"#/components/responses/404.not_found"})");
  auto& both = pool["responses"]["422.schema_violation.idempotency_mismatch"];
  CAF_CHECK_EQUAL(dump(both["content"]["application/problem+json"]["schema"]["allOf"][1]["properties"]["code"]["enum"]),
                  R"(["schema_violation","idempotency_mismatch"])");
}

CAF_TEST(an error that was told already is not told again) {
  component_pool pool;
  answers{}.problems({errc::not_found}).problems({errc::not_found}).render(pool);
  CAF_CHECK(pool["responses"].contains("404.not_found"));
}

CAF_TEST(a status may be an outcome and a problem) {
  component_pool pool;
  auto out = answers{}.body(422, "Failed.", "application/json", ref("schemas", "Failed")).problems({errc::schema_violation}).render(pool);
  CAF_CHECK_EQUAL(out["422"]["content"].size(), 2u);
  CAF_CHECK(out["422"]["content"].contains("application/problem+json"));
}

CAF_TEST(what is worth retrying says when) {
  component_pool pool;
  answers{}.problems({errc::unavailable, errc::not_found}).render(pool);
  CAF_CHECK_EQUAL(pool["responses"]["503.unavailable"]["headers"]["Retry-After"]["required"], true);
  CAF_CHECK(!pool["responses"]["404.not_found"]["headers"].contains("Retry-After"));
}

CAF_TEST(a header with a question mark may be missing) {
  component_pool pool;
  auto out = answers{}.no_body(304, "Same.", {"ETag", "Tidings-Stale?"}).render(pool);
  CAF_CHECK_EQUAL(out["304"]["headers"]["ETag"]["required"], true);
  CAF_CHECK(!out["304"]["headers"]["Tidings-Stale"].contains("required"));
}

CAF_TEST(only components that are used come along) {
  component_pool pool = json::parse(R"({"schemas":{"A":{"items":{"$ref":"#/components/schemas/B/properties/c"}},"B":{},"C":{}}})");
  auto found = referenced(ref("schemas", "A"), pool);
  CAF_CHECK_EQUAL(dump(found), R"({"schemas":{"A":{"items":{"$ref":"#/components/schemas/B/properties/c"}},"B":{}}})");
  CAF_MESSAGE("and a reference to nothing is a bug that is not served");
  bool refused = false;
  try {
    referenced(ref("schemas", "D"), pool);
  } catch (const std::logic_error&) {
    refused = true;
  }
  CAF_CHECK(refused);
}
