// SPDX-License-Identifier: MIT
#define CAF_SUITE schema

#include "model/schema.hpp"

#include <chrono>

#include <caf/all.hpp>

#include "samples.hpp"

#include <caf/test/dsl.hpp>

using namespace tidings;

namespace {

/// Every violation as "pointer message", joined by "; "; empty if there is none.
std::string violations_of(std::string_view schema, const json& value) {
  auto compiled = json_schema::compile(parsed(schema));
  if (!compiled) return "refused: " + failure_of(compiled.error()).detail;
  std::string result;
  for (const auto& [pointer, message] : (*compiled)->violations(value))
    result += (result.empty() ? "" : "; ") + pointer + " " + message;
  return result;
}

std::string violations(std::string_view schema, std::string_view value) { return violations_of(schema, parsed(value)); }

std::string refusal(std::string_view schema) {
  auto compiled = json_schema::compile(parsed(schema));
  if (compiled) return "accepted";
  CAF_CHECK_EQUAL(compiled.error(), errc::bad_model);
  return failure_of(compiled.error()).detail;
}

constexpr auto location = R"({
  "type": "object",
  "properties": {
    "name": { "type": "string", "minLength": 1 },
    "category": { "enum": ["Town", "City", "County/Region", "Country", "Continent"] },
    "tags": { "type": "array", "items": { "type": "string" }, "uniqueItems": true }
  },
  "required": ["name", "category"],
  "additionalProperties": false
})";

} // namespace

CAF_TEST(a valid value has no violations) {
  CAF_CHECK_EQUAL(violations(location, R"({"name":"Basel","category":"City","tags":["a","b"]})"), "");
}

CAF_TEST(a missing member is named by its own pointer) {
  CAF_CHECK_EQUAL(violations(location, R"({"name":"Basel"})"), "/category is required");
  CAF_CHECK_EQUAL(violations(location, "{}"), "/category is required; /name is required");
}

CAF_TEST(sentences are for people) {
  CAF_CHECK_EQUAL(violations(location, R"({"name":"x","category":"Village"})"),
                  "/category must be one of Town, City, County/Region, Country, Continent");
  CAF_CHECK_EQUAL(violations(location, R"({"name":"","category":"City"})"), "/name must have at least 1 character");
  CAF_CHECK_EQUAL(violations(location, R"({"name":7,"category":"City"})"), "/name must be a string");
  CAF_CHECK_EQUAL(violations(location, R"({"name":"x","category":"City","nmae":1})"), "/nmae is not allowed");
  CAF_CHECK_EQUAL(violations(location, R"({"name":"x","category":"City","tags":["a",1]})"), "/tags/1 must be a string");
  CAF_CHECK_EQUAL(violations(location, R"({"name":"x","category":"City","tags":["a","a"]})"),
                  "/tags must not have the same element twice");
  CAF_CHECK_EQUAL(violations(location, "[]"), " must be an object");
}

CAF_TEST(every violation is told at once) {
  CAF_CHECK_EQUAL(violations(location, R"({"name":1,"tags":[1,2]})"),
                  "/name must be a string; /tags/0 must be a string; /tags/1 must be a string; /category is required");
}

CAF_TEST(pointers escape member names) {
  CAF_CHECK_EQUAL(
      violations(R"({"properties":{"a/b":{"properties":{"c~d":{"type":"null"}}}}})", R"({"a/b":{"c~d":1}})"),
      "/a~1b/c~0d must be null");
}

CAF_TEST(types are those of draft 7) {
  CAF_CHECK_EQUAL(violations(R"({"type":"integer"})", "1.0"), "");
  CAF_CHECK_EQUAL(violations(R"({"type":"integer"})", "1.5"), " must be an integer");
  CAF_CHECK_EQUAL(violations(R"({"type":"integer"})", "18446744073709551615"), "");
  CAF_CHECK_EQUAL(violations(R"({"type":"number"})", "\"1\""), " must be a number");
  CAF_CHECK_EQUAL(violations(R"({"type":["string","null"]})", "null"), "");
  CAF_CHECK_EQUAL(violations(R"({"type":["string","null"]})", "true"), " must be null or a string");
}

CAF_TEST(equality ignores member order and the spelling of numbers) {
  CAF_CHECK_EQUAL(violations(R"({"const":{"a":1,"b":[2]}})", R"({"b":[2.0],"a":1})"), "");
  CAF_CHECK_EQUAL(violations(R"({"const":1})", "2"), " must be 1");
  CAF_CHECK_EQUAL(violations(R"({"enum":[1,"x",null]})", "1.0"), "");
  CAF_CHECK_EQUAL(violations(R"({"enum":[0,1]})", "false"), " must be one of 0, 1");
  CAF_CHECK_EQUAL(violations(R"({"uniqueItems":true})", R"([{"a":1,"b":2},{"b":2,"a":1.0}])"),
                  " must not have the same element twice");
  CAF_CHECK_EQUAL(violations(R"({"uniqueItems":true})", R"([1,true,"1",null,[1],{"1":1}])"), "");
}

CAF_TEST(numbers are bounded exactly) {
  CAF_CHECK_EQUAL(violations(R"({"minimum":5})", "5"), "");
  CAF_CHECK_EQUAL(violations(R"({"minimum":5})", "4.5"), " must be at least 5");
  CAF_CHECK_EQUAL(violations(R"({"maximum":0.5})", "1"), " must be at most 0.5");
  CAF_CHECK_EQUAL(violations(R"({"exclusiveMinimum":5})", "5"), " must be greater than 5");
  CAF_CHECK_EQUAL(violations(R"({"exclusiveMaximum":5})", "5"), " must be less than 5");
  CAF_CHECK_EQUAL(violations(R"({"maximum":9007199254740992})", "9007199254740993"),
                  " must be at most 9007199254740992");
}

CAF_TEST(multiples hold for decimal fractions too) {
  CAF_CHECK_EQUAL(violations(R"({"multipleOf":0.01})", "19.99"), "");
  CAF_CHECK_EQUAL(violations(R"({"multipleOf":0.01})", "19.995"), " must be a multiple of 0.01");
  CAF_CHECK_EQUAL(violations(R"({"multipleOf":2})", "4"), "");
  CAF_CHECK_EQUAL(violations(R"({"multipleOf":2})", "-3"), " must be a multiple of 2");
  CAF_CHECK_EQUAL(violations(R"({"multipleOf":2})", "2.5"), " must be a multiple of 2");
  CAF_CHECK_EQUAL(violations(R"({"multipleOf":3})", "18446744073709551615"), "");
  CAF_CHECK_EQUAL(violations(R"({"multipleOf":2})", "1e300"), "");
}

CAF_TEST(lengths count characters and not bytes) {
  CAF_CHECK_EQUAL(violations(R"({"maxLength":2})", "\"\u00e9\u20ac\""), "");
  CAF_CHECK_EQUAL(violations(R"({"maxLength":2})", "\"abc\""), " must have at most 2 characters");
}

CAF_TEST(patterns search the text) {
  CAF_CHECK_EQUAL(violations(R"({"pattern":"^[a-z]+$"})", "\"abc\""), "");
  CAF_CHECK_EQUAL(violations(R"({"pattern":"^[a-z]+$"})", "\"aBc\""), " must match the pattern ^[a-z]+$");
  CAF_CHECK_EQUAL(violations(R"({"pattern":"b"})", "\"abc\""), "");
  CAF_CHECK_EQUAL(violations(R"({"pattern":"b"})", "1"), "");
}

CAF_TEST(a pattern never sees a text above 4096 bytes) {
  constexpr auto schema = R"({"pattern":"^(a|b)*$"})";
  CAF_CHECK_EQUAL(violations_of(schema, json(std::string(4096, 'a'))), "");
  CAF_CHECK_EQUAL(violations_of(schema, json(std::string(4097, 'a'))), " must have at most 4096 bytes");
  CAF_CHECK_EQUAL(violations_of(schema, json(std::string(1'000'000, 'a'))), " must have at most 4096 bytes");
}

CAF_TEST(a pattern that backtracks without end elsewhere takes no time here) {
  auto start = std::chrono::steady_clock::now();
  CAF_CHECK_EQUAL(violations_of(R"({"pattern":"^(a+)+$"})", json(std::string(200, 'a') + "!")),
                  " must match the pattern ^(a+)+$");
  CAF_CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{5});
}

CAF_TEST(formats that people rely on are checked) {
  CAF_CHECK_EQUAL(violations(R"({"format":"email"})", "\"alice@example.com\""), "");
  CAF_CHECK_EQUAL(violations(R"({"format":"email"})", "\"alice\""), " must have the format email");
  CAF_CHECK_EQUAL(violations(R"({"format":"email"})", "\"a b@example.com\""), " must have the format email");
  CAF_CHECK_EQUAL(violations(R"({"format":"date-time"})", "\"2025-11-29T12:34:56Z\""), "");
  CAF_CHECK_EQUAL(violations(R"({"format":"date-time"})", "\"2025-11-31T12:34:56Z\""),
                  " must have the format date-time");
  CAF_CHECK_EQUAL(violations(R"({"format":"date"})", "\"2025-02-29\""), " must have the format date");
  CAF_CHECK_EQUAL(violations(R"({"format":"time"})", "\"23:59:59+01:00\""), "");
  CAF_CHECK_EQUAL(violations(R"({"format":"uuid"})", "\"123e4567-e89b-12d3-a456-426614174000\""), "");
  CAF_CHECK_EQUAL(violations(R"({"format":"uuid"})", "\"123e4567\""), " must have the format uuid");
  CAF_CHECK_EQUAL(violations(R"({"format":"uri"})", "\"https://example.com/\""), "");
  CAF_CHECK_EQUAL(violations(R"({"format":"uri"})", "\"not a uri\""), " must have the format uri");
  CAF_CHECK_EQUAL(violations(R"({"format":"shoe-size"})", "\"42\""), "");
  CAF_CHECK_EQUAL(violations(R"({"format":"date"})", "7"), "");
  CAF_CHECK_EQUAL(violations_of(R"({"format":"date"})", json(std::string(1'000'000, '1'))),
                  " must have the format date");
}

CAF_TEST(combinations explain the closest form) {
  constexpr auto any = R"({"anyOf":[{"type":"string"},{"type":"object","required":["a"]}]})";
  CAF_CHECK_EQUAL(violations(any, "\"x\""), "");
  CAF_CHECK_EQUAL(violations(any, "{}"), " must be a string;  fits none of the allowed forms");
  constexpr auto one = R"({"oneOf":[{"multipleOf":2},{"multipleOf":3}]})";
  CAF_CHECK_EQUAL(violations(one, "4"), "");
  CAF_CHECK_EQUAL(violations(one, "6"), " fits more than one of the allowed forms, which exclude each other");
  CAF_CHECK_EQUAL(violations(one, "5"), " must be a multiple of 2;  fits none of the allowed forms");
  CAF_CHECK_EQUAL(violations(R"({"allOf":[{"minimum":3},{"maximum":4}]})", "5"), " must be at most 4");
  CAF_CHECK_EQUAL(violations(R"({"not":{"type":"null"}})", "null"), " has a form that is not allowed");
}

CAF_TEST(conditions choose a branch) {
  constexpr auto schema = R"({"if":{"properties":{"kind":{"const":"a"}}},
                              "then":{"required":["x"]},"else":{"required":["y"]}})";
  CAF_CHECK_EQUAL(violations(schema, R"({"kind":"a"})"), "/x is required");
  CAF_CHECK_EQUAL(violations(schema, R"({"kind":"b"})"), "/y is required");
  CAF_CHECK_EQUAL(violations(schema, R"({"kind":"b","y":1})"), "");
}

CAF_TEST(arrays are bounded and their places typed) {
  CAF_CHECK_EQUAL(violations(R"({"minItems":2})", "[1]"), " must have at least 2 elements");
  CAF_CHECK_EQUAL(violations(R"({"maxItems":1})", "[1,2]"), " must have at most 1 element");
  CAF_CHECK_EQUAL(violations(R"({"contains":{"const":1}})", "[0]"), " must have an element of the required form");
  constexpr auto pair = R"({"items":[{"type":"string"},{"type":"number"}],"additionalItems":false})";
  CAF_CHECK_EQUAL(violations(pair, R"(["a",1])"), "");
  CAF_CHECK_EQUAL(violations(pair, R"([1,"a"])"), "/0 must be a string; /1 must be a number");
  CAF_CHECK_EQUAL(violations(pair, R"(["a",1,2])"), " must have at most 2 elements");
}

CAF_TEST(objects are bounded by count names and dependencies) {
  CAF_CHECK_EQUAL(violations(R"({"minProperties":1})", "{}"), " must have at least 1 member");
  CAF_CHECK_EQUAL(violations(R"({"maxProperties":1})", R"({"a":1,"b":2})"), " must have at most 1 member");
  CAF_CHECK_EQUAL(violations(R"({"propertyNames":{"maxLength":2}})", R"({"abc":1})"),
                  "/abc has a name that is not allowed");
  CAF_CHECK_EQUAL(violations(R"({"patternProperties":{"^x-":{"type":"string"}},"additionalProperties":false})",
                             R"({"x-a":1,"b":2})"),
                  "/x-a must be a string; /b is not allowed");
  CAF_CHECK_EQUAL(violations(R"({"additionalProperties":{"type":"number"}})", R"({"a":"x"})"), "/a must be a number");
  CAF_CHECK_EQUAL(violations(R"({"dependencies":{"a":["b"]}})", R"({"a":1})"), "/b is required beside a");
  CAF_CHECK_EQUAL(violations(R"({"dependencies":{"a":{"required":["c"]}}})", R"({"a":1})"), "/c is required");
}

CAF_TEST(references within the schema are followed) {
  constexpr auto tree = R"({"definitions":{"node":{"type":"object","properties":{"v":{"type":"number"},
                            "next":{"$ref":"#/definitions/node"}}}},"$ref":"#/definitions/node"})";
  CAF_CHECK_EQUAL(violations(tree, R"({"v":1,"next":{"v":2}})"), "");
  CAF_CHECK_EQUAL(violations(tree, R"({"v":1,"next":{"v":2,"next":{"v":"x"}}})"), "/next/next/v must be a number");
  CAF_CHECK_EQUAL(violations(R"({"properties":{"self":{"$ref":"#"}},"type":"object"})", R"({"self":{"self":1}})"),
                  "/self/self must be an object");
}

CAF_TEST(booleans are schemas) {
  CAF_CHECK_EQUAL(violations("true", "1"), "");
  CAF_CHECK_EQUAL(violations("false", "1"), " is not allowed");
  CAF_CHECK_EQUAL(violations(R"({"properties":{"old":false}})", R"({"old":1})"), "/old is not allowed");
}

CAF_TEST(what is no schema is refused with its place) {
  CAF_CHECK_EQUAL(refusal(R"({"type":"strin"})"),
                  "/type must name array, boolean, integer, null, number, object or string");
  CAF_CHECK(refusal(R"({"type":"any"})").starts_with("/type must name"));
  CAF_CHECK(refusal(R"({"type":[]})").starts_with("/type must name"));
  CAF_CHECK(refusal(R"({"properties":{"a":{"type":["string","nul"]}}})").starts_with("/properties/a/type must name"));
  CAF_CHECK(refusal(R"({"properties":{"a":7}})").starts_with("/properties/a must be a schema"));
  CAF_CHECK(refusal(R"({"pattern":"["})").starts_with("/pattern must be a regular expression"));
  CAF_CHECK(refusal(R"({"pattern":"(a)\\1"})").starts_with("/pattern must be a regular expression"));
  CAF_CHECK(refusal(R"({"patternProperties":{"(":true}})").starts_with("/patternProperties/( must be named by"));
  CAF_CHECK_EQUAL(refusal(R"({"multipleOf":0})"), "/multipleOf must be above zero");
  CAF_CHECK_EQUAL(refusal(R"({"maximum":"5"})"), "/maximum must be a number");
  CAF_CHECK_EQUAL(refusal(R"({"allOf":{}})"), "/allOf must be a list of schemas");
  CAF_CHECK(refusal(R"({"minLength":-1})") != "accepted");
  CAF_CHECK(refusal(R"({"required":"name"})") != "accepted");
  CAF_CHECK(refusal(R"({"required":[1]})") != "accepted");
  CAF_CHECK(refusal(R"({"enum":5})") != "accepted");
  CAF_CHECK(refusal("7") != "accepted");
}

CAF_TEST(references that lead out nowhere or round in circles are refused) {
  for (auto schema : {R"({"$ref":"http://example.com/schema.json"})", R"({"$ref":"other.json#/a"})",
                      R"({"$ref":"#/a"})", R"({"$ref":7})", R"({"$ref":"#anchor"})", R"({"$ref":"#/%%%"})",
                      R"({"$ref":"#/a%20b","a%20b":true,"a b":true})", R"({"$ref":"#/a/","a":{"":true}})",
                      R"({"$ref":"#"})", R"({"allOf":[{"$ref":"#"}]})",
                      R"({"properties":{"a":{"$ref":"#/properties/b"},"b":{"$ref":"#/properties/a"}}})",
                      R"({"not":{"anyOf":[{"$ref":"#/not"}]}})", R"({"if":true,"then":{"$ref":"#"}})"})
    CAF_CHECK_EQUAL(std::make_pair(std::string{schema}, refusal(schema) == "accepted"),
                    std::make_pair(std::string{schema}, false));
}

CAF_TEST(an unknown keyword is a note) { CAF_CHECK_EQUAL(refusal(R"({"tpye":"string"})"), "accepted"); }

CAF_TEST(a hostile value costs a bounded answer) {
  auto zeros = json::array();
  for (int i = 0; i < 10'000; ++i)
    zeros.push_back(0);
  auto start = std::chrono::steady_clock::now();
  CAF_CHECK_EQUAL(violations_of(R"({"uniqueItems":true})", zeros), " must not have the same element twice");
  auto compiled = *json_schema::compile(parsed(R"({"items":{"type":"string"}})"));
  CAF_CHECK_EQUAL(compiled->violations(zeros).size(), 100u);
  auto members = json::object();
  for (int i = 0; i < 10'000; ++i)
    members.get_ref<json::object_t&>().emplace_back("k" + std::to_string(i), i);
  compiled = *json_schema::compile(parsed(location));
  CAF_CHECK_EQUAL(compiled->violations(members).size(), 100u);
  CAF_CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{10});
}
