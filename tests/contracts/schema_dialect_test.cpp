// SPDX-License-Identifier: MIT
#define CAF_SUITE schema_dialect

#include "contracts/schema_dialect.hpp"

#include <caf/all.hpp>

#include "model/samples.hpp"

#include <caf/test/dsl.hpp>

using namespace tidings;
using namespace tidings::contracts;

namespace {

std::string newer(std::string_view schema) { return dump(embed_schema(parsed(schema), "#/x", dialect::v2020_12)); }
std::string older(std::string_view schema) { return dump(embed_schema(parsed(schema), "#/x", dialect::draft_07)); }

} // namespace

CAF_TEST(what both dialects share stays as written) {
  auto text = R"({"type":"object","properties":{"a":{"enum":[1,2]},"items":{"type":"string"}},"required":["a"],"not":{"minProperties":9}})";
  CAF_CHECK_EQUAL(newer(text), text);
  CAF_CHECK_EQUAL(older(text), text);
}

CAF_TEST(lists of items have other names in the newer dialect) {
  auto text = R"({"items":[{"type":"string"},true],"additionalItems":false})";
  CAF_CHECK_EQUAL(newer(text), R"({"prefixItems":[{"type":"string"},true],"items":false})");
  CAF_CHECK_EQUAL(older(text), text);
  CAF_MESSAGE("beside one schema for all items, additionalItems says nothing");
  CAF_CHECK_EQUAL(newer(R"({"items":{"type":"string"},"additionalItems":false})"), R"({"items":{"type":"string"}})");
}

CAF_TEST(dependencies are two keywords in the newer dialect) {
  auto text = R"({"dependencies":{"a":["b"],"c":{"required":["d"]}}})";
  CAF_CHECK_EQUAL(newer(text), R"({"dependentRequired":{"a":["b"]},"dependentSchemas":{"c":{"required":["d"]}}})");
  CAF_CHECK_EQUAL(older(text), text);
}

CAF_TEST(references lead to the place where the schema stands) {
  CAF_CHECK_EQUAL(newer(R"({"properties":{"a":{"$ref":"#/definitions/b"}},"definitions":{"b":{}}})"),
                  R"({"properties":{"a":{"$ref":"#/x/definitions/b"}},"definitions":{"b":{}}})");
  CAF_CHECK_EQUAL(older(R"({"properties":{"a":{"$ref":"#"}}})"), R"({"properties":{"a":{"$ref":"#/x"}}})");
  CAF_MESSAGE("also past a keyword that has moved");
  CAF_CHECK_EQUAL(newer(R"({"items":[{"type":"string"},{"$ref":"#/items/0"}]})"),
                  R"({"prefixItems":[{"type":"string"},{"$ref":"#/x/prefixItems/0"}]})");
  CAF_CHECK_EQUAL(older(R"({"items":[{"type":"string"},{"$ref":"#/items/0"}]})"), R"({"items":[{"type":"string"},{"$ref":"#/x/items/0"}]})");
  CAF_MESSAGE("and a member called items is no keyword");
  CAF_CHECK_EQUAL(newer(R"({"properties":{"items":{"type":"string"},"b":{"$ref":"#/properties/items"}}})"),
                  R"({"properties":{"items":{"type":"string"},"b":{"$ref":"#/x/properties/items"}}})");
}

CAF_TEST(what draft 07 ignores does not begin to count) {
  CAF_CHECK_EQUAL(newer(R"({"allOf":[{"$ref":"#/definitions/b","maxLength":1}],"definitions":{"b":{}}})"),
                  R"({"allOf":[{"$ref":"#/x/definitions/b"}],"definitions":{"b":{}}})");
}

CAF_TEST(the model file may not say where its schema stands) {
  CAF_CHECK_EQUAL(newer(R"({"$schema":"http://json-schema.org/draft-07/schema#","$id":"elsewhere","type":"string"})"), R"({"type":"string"})");
}

CAF_TEST(booleans become objects) {
  CAF_CHECK_EQUAL(newer("true"), "{}");
  CAF_CHECK_EQUAL(older("false"), R"({"not":{}})");
}
