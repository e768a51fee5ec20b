// SPDX-License-Identifier: MIT
#define CAF_SUITE unique_member

#include "model/listing.hpp"

#include <caf/all.hpp>

#include "table_fixture.hpp"

#include <caf/test/dsl.hpp>

using namespace tidings;

CAF_TEST_FIXTURE_SCOPE(unique_member_tests, table_fixture)

CAF_TEST(a unique value is found except under its own key) {
  put("1", R"({"slug":"x"})");
  put("2", R"({"slug":7})");
  put("3", R"({"slug":null})");
  CAF_REQUIRE(table.find_unique("slug", "x", "") != nullptr);
  CAF_CHECK_EQUAL(table.find_unique("slug", "x", "9")->key, "1");
  CAF_CHECK(table.find_unique("slug", "x", "1") == nullptr);
  CAF_CHECK(table.find_unique("slug", 7.0, "") != nullptr);
  CAF_CHECK(table.find_unique("slug", "7", "") == nullptr);
  CAF_CHECK(table.find_unique("slug", nullptr, "") == nullptr);
  CAF_CHECK(table.find_unique("name", "x", "") == nullptr);
}

CAF_TEST(a unique value moves with its document) {
  put("1", R"({"slug":"x"})");
  put("2", R"({"slug":"x"})");
  CAF_CHECK_EQUAL(table.find_unique("slug", "x", "1")->key, "2");
  put("1", R"({"slug":"y"})");
  CAF_CHECK(table.find_unique("slug", "x", "2") == nullptr);
  CAF_CHECK_EQUAL(table.find_unique("slug", "y", "2")->key, "1");
}

CAF_TEST_FIXTURE_SCOPE_END()
