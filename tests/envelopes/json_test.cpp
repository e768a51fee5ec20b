// SPDX-License-Identifier: MIT
#define CAF_SUITE json

#include "envelopes/json.hpp"

#include <random>

#include <caf/all.hpp>

#include "envelopes/errc.hpp"
#include "envelopes/json_text.hpp"

#include <caf/test/dsl.hpp>

using namespace tidings;
using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

std::string reason(std::string_view text, const json_limits& limits = {}) {
  auto parsed = parse_json(text, limits);
  if (parsed) return "accepted as " + dump(*parsed);
  if (code_of(parsed.error()) != errc::malformed_request) return "wrong code";
  return failure_of(parsed.error()).detail;
}

bool accepts(std::string_view text) { return static_cast<bool>(parse_json(text)); }

std::string round_trip(std::string_view text) {
  auto parsed = parse_json(text);
  return parsed ? dump(*parsed) : reason(text);
}

json random_value(std::mt19937& rng, int depth) {
  switch (std::uniform_int_distribution{0, depth > 0 ? 7 : 5}(rng)) {
  case 0: return nullptr;
  case 1: return rng() % 2 == 0;
  case 2: return static_cast<int64_t>(rng()) - static_cast<int64_t>(rng());
  case 3: return (uint64_t{rng()} << 32) | rng();
  case 4: return std::ldexp(static_cast<double>(rng()) + 0.5, static_cast<int>(rng() % 200) - 100);
  case 5: {
    std::string text;
    for (auto n = rng() % 12; n > 0; --n)
      text += "aZ\"\\/\n\t\x01\x7f"[rng() % 9];
    return text + (rng() % 2 == 0 ? "" : "\u00e9\u20ac\U0001f600");
  }
  case 6: {
    auto result = json::array();
    for (auto n = rng() % 5; n > 0; --n)
      result.push_back(random_value(rng, depth - 1));
    return result;
  }
  default: {
    auto result = json::object();
    for (auto n = rng() % 12; n > 0; --n)
      result["k" + std::to_string(rng() % 1000)] = random_value(rng, depth - 1);
    return result;
  }
  }
}

} // namespace

CAF_TEST(documents keep the order of their members) {
  auto text = R"({"z":1,"a":{"y":[1,2,{"b":null}],"x":true},"m":"\"\\"})";
  CAF_CHECK_EQUAL(round_trip(text), text);
}

CAF_TEST(any value may stand alone) {
  for (auto text : {"null", "true", "-1", "0.5", "\"x\"", "[]", "{}"})
    CAF_CHECK_EQUAL(round_trip(text), text);
  CAF_CHECK(accepts(" \t\r\n1\n"));
}

CAF_TEST(syntax errors name line and column) {
  CAF_CHECK_EQUAL(reason("{\n  \"a\": x\n}").substr(0, 35), "Invalid JSON at line 2, column 8: i");
  CAF_CHECK_EQUAL(reason("").substr(0, 34), "Invalid JSON at line 1, column 1: ");
  CAF_CHECK(reason("[1,]").find("line 1, column 4") != std::string::npos);
}

CAF_TEST(what is not JSON is refused) {
  for (auto text :
       {"",          " ",  "{",   "[",       "[1 2]",   "[1,]",      "{\"a\":1,}", "{a:1}",          "{'a':1}",
        "01",        "+1", "1.",  ".5",      "NaN",     "Infinity",  "nul",        "\"\n\"",         "\"\\x\"",
        "\"\\u12\"", "\"", "1 2", "{} {}",   "// c\n1", "/* c */ 1", "[1]]",       "\xef\xbb\xbf{}", "True",
        "0x10",      "1e", "--1", "{\"a\"}", "{1:2}",   "[,1]"})
    CAF_CHECK_EQUAL(reason(text).substr(0, 20), "Invalid JSON at line");
}

CAF_TEST(an error never repeats the bytes it is about) {
  CAF_CHECK(reason("[\"abc\x01secret").find("secret") == std::string::npos);
  CAF_CHECK(reason("secret").find("secret") == std::string::npos);
}

CAF_TEST(a zero byte does not end the document) {
  CAF_CHECK_EQUAL(reason("{}\0{}"sv), "Invalid JSON at line 1, column 3: zero byte");
  CAF_CHECK_EQUAL(reason("[1\0]"sv), "Invalid JSON at line 1, column 3: zero byte");
}

CAF_TEST(U + 0000 is refused in strings and names) {
  CAF_CHECK_EQUAL(reason(R"({"a":["x\u0000y"]})"), "Invalid JSON: /a/0 has the character U+0000");
  CAF_CHECK_EQUAL(reason(R"({"b":{"a\u0000":1}})"), "Invalid JSON: /b has the character U+0000 in a member name");
}

CAF_TEST(text must be UTF - 8) {
  for (auto bytes : {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xed\xa0\x80",
                     "\xed\xbf\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
                     "\xff", "\xfe", "\xc3", "\xe2\x82", "\xf0\x9f\x98", "\xc3("}) {
    CAF_CHECK(!accepts("\""s + bytes + "\""));
    CAF_CHECK(!accepts("{\""s + bytes + "\":1}"));
  }
  CAF_CHECK(accepts("\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xed\x9f\xbf \xee\x80\x80 \xf4\x8f\xbf\xbf\""));
}

CAF_TEST(escaped surrogates come in pairs) {
  CAF_CHECK_EQUAL(round_trip(R"("\ud83d\ude00")"), "\"\xf0\x9f\x98\x80\"");
  for (auto text : {R"("\ud800")", R"("\udc00")", R"("\ud800\ud800")", R"("\udc00\ud800")", R"("\ud800x")",
                    R"("\ud800\u0041")", R"({"\ud800":1})"})
    CAF_CHECK(!accepts(text));
}

CAF_TEST(a name may appear once in an object) {
  CAF_CHECK_EQUAL(reason(R"({"a":1,"a":2})"), "Invalid JSON: /a appears twice");
  auto parsed = parse_json(R"({"x":[0,{"b/c":{"k":1,"l":2,"k":3}}]})");
  CAF_REQUIRE(!parsed);
  auto errors = failure_of(parsed.error()).errors;
  CAF_REQUIRE_EQUAL(errors.size(), 1u);
  CAF_CHECK_EQUAL(errors[0].pointer, "/x/1/b~1c/k");
  CAF_CHECK_EQUAL(errors[0].message, "appears twice");
}

CAF_TEST(an escaped name is the same name) { CAF_CHECK(!accepts(R"({"a":1,"\u0061":2})")); }

CAF_TEST(the same name in different objects is fine) {
  auto text = R"({"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]})";
  CAF_CHECK_EQUAL(round_trip(text), text);
}

CAF_TEST(duplicates are found among many names) {
  std::string text = "{";
  for (int i = 0; i < 5000; ++i)
    text += "\"k" + std::to_string(i) + "\":0,";
  CAF_CHECK(accepts(text + "\"last\":0}"));
  CAF_CHECK_EQUAL(reason(text + "\"k77\":0}"), "Invalid JSON: /k77 appears twice");
}

CAF_TEST(nesting stops at the limit) {
  CAF_CHECK(accepts(std::string(64, '[') + std::string(64, ']')));
  CAF_CHECK(!accepts(std::string(65, '[') + std::string(65, ']')));
  auto bomb = reason(std::string(100'000, '['));
  CAF_CHECK(bomb.find("is nested too deeply") != std::string::npos);
  CAF_CHECK(reason(R"({"a":[[]]})", {2, 10, 10}).find("/a/0 is nested too deeply") != std::string::npos);
}

CAF_TEST(members and elements count together) {
  CAF_CHECK_EQUAL(reason("[1,2,3]", {8, 3, 8}), "accepted as [1,2,3]");
  CAF_CHECK_EQUAL(reason("[1,2,3,4]", {8, 3, 8}), "Invalid JSON: more than 3 members");
  CAF_CHECK_EQUAL(reason(R"({"a":[1,2],"b":1})", {8, 3, 8}), "Invalid JSON: more than 3 members");
  CAF_CHECK_EQUAL(reason("[[],[],[],{}]", {8, 3, 8}), "Invalid JSON: more than 3 members");
}

CAF_TEST(names stop at the limit) {
  CAF_CHECK(accepts("{\"" + std::string(256, 'a') + "\":1}"));
  CAF_CHECK_EQUAL(reason("{\"x\":{\"" + std::string(257, 'a') + "\":1}}"),
                  "Invalid JSON: /x has a member name that is too long");
}

CAF_TEST(integers of 64 bits come back exactly) {
  for (auto text : {"0", "-1", "9223372036854775807", "-9223372036854775808", "18446744073709551615"})
    CAF_CHECK_EQUAL(round_trip(text), text);
}

CAF_TEST(integers that only a double could hold are refused) {
  for (auto text : {"18446744073709551616", "-9223372036854775809", "123456789012345678901234567890"})
    CAF_CHECK_EQUAL(reason(text), "Invalid JSON: the document has an integer beyond 64 bits");
  CAF_CHECK(!accepts(std::string(100'000, '9')));
}

CAF_TEST(numbers beyond a double are refused) {
  CAF_CHECK_EQUAL(reason("[1e400]"), "Invalid JSON at line 1, column 6: number out of range");
  CAF_CHECK(!accepts("-1e400"));
  CAF_CHECK(accepts("1.7976931348623157e308"));
  CAF_CHECK(accepts("5e-324"));
}

CAF_TEST(any value we write reads back the same) {
  std::mt19937 rng{20251129};
  for (int i = 0; i < 2000; ++i) {
    auto value = random_value(rng, 4);
    auto parsed = parse_json(dump(value));
    CAF_REQUIRE(parsed);
    CAF_REQUIRE_EQUAL(dump(*parsed), dump(value));
  }
}

CAF_TEST(what we write is what the library writes) {
  auto theirs = [](const json& x) { return x.dump(-1, ' ', false, json::error_handler_t::replace); };
  std::mt19937 rng{20261130};
  for (int i = 0; i < 2000; ++i) {
    auto value = random_value(rng, 4);
    CAF_REQUIRE_EQUAL(dump(value), theirs(value));
  }
  CAF_MESSAGE("also where strings hold something special, in every place of a word");
  for (int byte = 1; byte < 256; ++byte)
    for (size_t length = 1; length <= 17; ++length)
      for (size_t place = 0; place < length; ++place) {
        std::string text(length, 'a');
        text[place] = static_cast<char>(byte);
        CAF_REQUIRE_EQUAL(dump(json(text)), theirs(json(text)));
      }
  for (auto& value : {json(), json::object(), json::array(), json({{"", json::array({json::object()})}}), json(-0.0), json(1e300), json(true)})
    CAF_CHECK_EQUAL(dump(value), theirs(value));
}

CAF_TEST(random bytes never crash the parser) {
  std::mt19937 rng{7};
  constexpr auto alphabet = "{}[]:,\"\\u0dae1-+.\n \xc3\xa9\xed\xa0\x80tfn"sv;
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (auto n = rng() % 24; n > 0; --n)
      text += alphabet[rng() % alphabet.size()];
    auto parsed = parse_json(text);
    if (parsed) CAF_REQUIRE_EQUAL(round_trip(dump(*parsed)), dump(*parsed));
  }
}

CAF_TEST(what is read the quick way is what the library reads) {
  // Every text, right or wrong, once as it is and once behind an element that only the library reads.
  auto same = [](const std::string& text) {
    auto quick = parse_json(text);
    auto slow = parse_json("[\"\\u0061\"," + text + ']');
    CAF_REQUIRE_EQUAL(static_cast<bool>(quick), static_cast<bool>(slow));
    if (!quick) return;
    auto& other = (*slow)[1];
    CAF_REQUIRE(quick->type() == other.type());
    CAF_REQUIRE_EQUAL(dump(*quick), dump(other));
  };
  for (auto text : {"0", "-0", "00", "-", "-01", "1.", "1.5", "1e2", "123456789012345678", "1234567890123456789", "-123456789012345678",
                    "true", "tru", "truex", "null", "nul", "{}", "{,}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\":1 \"b\":2}", "[1 2]", "[,]",
                    "[1,]", "[", "\"a", "\"\t\"", "\"\x7f\"", " { \"a\" : [ 1 , { } , [ ] ] } ", "{\"a\":1,\"a\":2}", "\"\u00e9\""})
    same(text);
  std::mt19937 rng{8};
  constexpr auto alphabet = "{}[]:,\"\\0a1-+.\n tfn"sv;
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (auto n = rng() % 12 + 1; n > 0; --n) text += alphabet[rng() % alphabet.size()];
    // What closes the array early, or adds to it, is another text there.
    if (text.find_first_of("],") == std::string::npos) same(text);
  }
  for (int i = 0; i < 500; ++i) same(dump(random_value(rng, 4)));
}

CAF_TEST(dump replaces what is not UTF - 8 instead of throwing) {
  CAF_CHECK_EQUAL(dump(json("\xff")), "\"\xef\xbf\xbd\"");
}

CAF_TEST(text is written as a JSON string whatever it holds) {
  std::string out;
  append_json_string(out, "plain");
  append_json_string(out, "q\"b\\c\r\n\x01");
  append_json_string(out, "\xff");
  CAF_CHECK_EQUAL(out, "\"plain\"\"q\\\"b\\\\c\\r\\n\\u0001\"\"\xef\xbf\xbd\"");
}

CAF_TEST(pointers escape what RFC 6901 says) { CAF_CHECK_EQUAL(pointer_to("a/b~c"), "/a~1b~0c"); }
