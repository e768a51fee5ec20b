// SPDX-License-Identifier: MIT
#define CAF_SUITE json_slice
#include "envelopes/json_slice.hpp"

#include <string>

#include <caf/test/unit_test.hpp>

using namespace tidings;

namespace {

std::string member(std::string_view object, std::string_view name) {
  auto found = json_slice{object}.member(name);
  return found ? found->value().dump() : "none";
}

std::string plain(std::string_view text) {
  auto found = json_slice{text}.plain_string();
  return found ? std::string{*found} : "none";
}

} // namespace

CAF_TEST(members of every kind are found) {
  auto object = R"({"s":"x","n":-12.5e3,"i":18446744073709551615,"t":true,"f":false,"z":null,"a":[1,{"s":2}],"o":{"s":[3]},"e":"","l":7})";
  auto tree = json::parse(object);
  for (auto& [name, value] : tree.items()) CAF_CHECK_EQUAL(member(object, name), value.dump());
  CAF_CHECK_EQUAL(member(object, "x"), "none");
  CAF_CHECK_EQUAL(member(object, ""), "none");
}

CAF_TEST(brackets quotes and commas within strings end nothing) {
  auto object = R"({"a":"}],{\"","b":["\\",{"c":"\\\"]}"}],"d\"}":1,"c":"last"})";
  CAF_CHECK_EQUAL(member(object, "a"), R"("}],{\"")");
  CAF_CHECK_EQUAL(member(object, "b"), R"(["\\",{"c":"\\\"]}"}])");
  CAF_CHECK_EQUAL(member(object, "d\"}"), "1");
  CAF_CHECK_EQUAL(member(object, "c"), R"("last")");
}

CAF_TEST(space may stand anywhere between) {
  auto object = " { \"a\" :\t1 ,\r\n \"b\" : [ 1 , 2 ] , \"c\":true } ";
  CAF_CHECK_EQUAL(member(object, "a"), "1");
  CAF_CHECK_EQUAL(member(object, "b"), "[1,2]");
  CAF_CHECK_EQUAL(member(object, "c"), "true");
}

CAF_TEST(an escaped name is the name that it stands for) {
  CAF_CHECK_EQUAL(member(R"({"n\u0061me":1,"k\/":2})", "name"), "1");
  CAF_CHECK_EQUAL(member(R"({"n\u0061me":1,"k\/":2})", "k/"), "2");
}

CAF_TEST(of several members with one name the first counts) {
  CAF_CHECK_EQUAL(member(R"({"a":1,"a":2})", "a"), "1");
}

CAF_TEST(what is no object has no members) {
  for (auto* text : {"{}", " { } ", "[]", "[\"a\"]", "\"a\"", "1", "null", "true", ""}) CAF_CHECK_EQUAL(member(text, "a"), "none");
}

CAF_TEST(only a string without escapes is plain) {
  CAF_CHECK_EQUAL(plain(R"("a b")"), "a b");
  CAF_CHECK_EQUAL(plain(R"("")"), "");
  CAF_CHECK_EQUAL(plain("\"\xc3\xa4\""), "\xc3\xa4");
  for (auto* text : {R"("a\n")", "1", "[\"a\"]", "\"", ""}) CAF_CHECK_EQUAL(plain(text), "none");
  CAF_CHECK(json_slice{R"("a\n\u00e4")"}.value() == json("a\n\xc3\xa4"));
}

CAF_TEST(JSON is told from what is not) {
  auto nested = std::string(100, '[') + std::string(100, ']');
  for (auto* text : {"1", " null ", "\"\\u00e4\"", "{\"a\":[1.5,{}]}", nested.c_str()}) CAF_CHECK(is_json(text));
  using namespace std::string_view_literals;
  for (auto text : {"\"a\"\0\""sv, "{}\0"sv, "\0"sv, "\xef\xbb\xbf{}"sv}) CAF_CHECK(!is_json(text));
  for (auto* text : {"", "{", "{\"a\":1,}", "1 2", "'a'", "nul", "\"\x01\"", "\"\xff\"", "[1,]", "01"}) CAF_CHECK(!is_json(text));
}
