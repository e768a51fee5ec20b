// SPDX-License-Identifier: MIT
#define CAF_SUITE document_table

#include "model/listing.hpp"

#include <algorithm>
#include <chrono>
#include <random>

#include <caf/all.hpp>

#include "table_fixture.hpp"

#include <caf/test/dsl.hpp>

using namespace tidings;

CAF_TEST_FIXTURE_SCOPE(document_table_tests, table_fixture)

CAF_TEST(an empty table lists nothing) {
  CAF_CHECK_EQUAL(text_of({}), R"({"items":[],"next_cursor":null,"total":0})");
  CAF_CHECK(table.find("a") == nullptr);
  CAF_CHECK_EQUAL(table.size(), 0u);
  CAF_CHECK_EQUAL(table.revision(), 0u);
}

CAF_TEST(items are the stored text untouched) {
  put("a", R"({ "k" : "a" })");
  CAF_CHECK_EQUAL(text_of({}), R"({"items":[{ "k" : "a" }],"next_cursor":null,"total":1})");
}

CAF_TEST(an older or repeated revision changes nothing) {
  auto old = document("a", R"({"k":"old"})");
  auto now = document("a", R"({"k":"new"})");
  CAF_CHECK(table.apply(now));
  CAF_CHECK(!table.apply(old));
  CAF_CHECK(!table.apply(now));
  CAF_CHECK_EQUAL(table.find("a")->text, R"({"k":"new"})");
  CAF_CHECK_EQUAL(table.size(), 1u);
  CAF_CHECK_EQUAL(table.revision(), 2u);
}

CAF_TEST(a deleted document is known and listed nowhere) {
  put("a", R"({"k":"a","slug":"x"})");
  CAF_CHECK(drop("a"));
  CAF_REQUIRE(table.find("a") != nullptr);
  CAF_CHECK(table.find("a")->deleted);
  CAF_CHECK_EQUAL(table.size(), 0u);
  CAF_CHECK_EQUAL(walk({}), "[]");
  CAF_CHECK(table.find_unique("slug", "x", "") == nullptr);
  CAF_MESSAGE("and comes back with a newer revision");
  CAF_CHECK(put("a", R"({"k":"A"})"));
  CAF_CHECK_EQUAL(walk({}), "[A]");
}

CAF_TEST(without a sort the key orders) {
  for (auto key : {"c", "a", "b", "B"})
    put(key, R"({"k":")" + std::string{key} + "\"}");
  CAF_CHECK_EQUAL(walk(sorted("")), "[Babc]");
  CAF_CHECK_EQUAL(walk(sorted("-id")), "[cbaB]");
}

CAF_TEST(values of all types have one order and equal ones go by key) {
  put("1", R"({"k":"a","rank":"x"})");
  put("2", R"({"k":"b","rank":10})");
  put("3", R"({"k":"c","rank":9.5})");
  put("4", R"({"k":"d"})");
  put("5", R"({"k":"e","rank":true})");
  put("6", R"({"k":"f","rank":false})");
  put("7", R"({"k":"g","rank":null})");
  put("8", R"({"k":"h","rank":"X"})");
  put("9", R"({"k":"i","rank":[1]})");
  put("91", R"({"k":"j","rank":9.5})");
  put("92", R"({"k":"k","rank":-18})");
  CAF_CHECK_EQUAL(walk(sorted("rank")), "[dgfekcjbhai]");
  CAF_CHECK_EQUAL(walk(sorted("-rank")), "[iahbjckefgd]");
}

CAF_TEST(big integers are not rounded into each other) {
  put("1", R"({"k":"a","rank":9007199254740993})");
  put("2", R"({"k":"b","rank":9007199254740992.0})");
  put("3", R"({"k":"c","rank":9007199254740992})");
  put("4", R"({"k":"d","rank":18446744073709551615})");
  put("5", R"({"k":"e","rank":-9223372036854775808})");
  CAF_CHECK_EQUAL(walk(sorted("rank")), "[ebcad]");
}

CAF_TEST(pages join to the whole in both directions) {
  for (auto key : {"a", "b", "c", "d", "e"})
    put(key, R"({"k":")" + std::string{key} + R"(","rank":)" + (*key < 'd' ? "1" : "2") + "}");
  CAF_CHECK_EQUAL(walk(sorted("rank", 2)), "[ab][cd][e]");
  CAF_CHECK_EQUAL(walk(sorted("-rank", 2)), "[ed][cb][a]");
  CAF_CHECK_EQUAL(walk(sorted("", 5)), "[abcde]");
  CAF_CHECK_EQUAL(walk(sorted("", 1)), "[a][b][c][d][e]");
}

CAF_TEST(a cursor outlives the document it points to) {
  for (auto key : {"a", "b", "c", "d"})
    put(key, R"({"k":")" + std::string{key} + R"(","rank":1})");
  auto request = sorted("rank", 2);
  auto first = page(request);
  CAF_CHECK_EQUAL(first["items"].back()["k"], "b");
  drop("b");
  drop("c");
  request.cursor = first["next_cursor"].get<std::string>();
  CAF_CHECK_EQUAL(walk(request), "[d]");
}

CAF_TEST(cursors of other orders and garbage are refused) {
  for (auto key : {"a", "b"})
    put(key, R"({"k":"x","rank":1})");
  auto cursor = page(sorted("rank", 1))["next_cursor"].get<std::string>();
  auto with_cursor = [&](std::string sort, std::string text) {
    auto request = sorted(std::move(sort), 1);
    request.cursor = std::move(text);
    return page(request);
  };
  CAF_CHECK_EQUAL(with_cursor("-rank", cursor), "/cursor");
  CAF_CHECK_EQUAL(with_cursor("", cursor), "/cursor");
  for (auto text : {"", "!", "AAAA", "W10", "e30", "WzEsMiwzXQ", "a b", "bnVsbA=="})
    CAF_CHECK_EQUAL(with_cursor("rank", text), "/cursor");
  CAF_CHECK(with_cursor("rank", cursor).is_object());
}

CAF_TEST(a sort the model does not know costs no index) { CAF_CHECK_EQUAL(page(sorted("whatever")), "/sort"); }

CAF_TEST(an order follows what changes after it was made) {
  put("1", R"({"k":"a","rank":1})");
  put("2", R"({"k":"b","rank":2})");
  CAF_CHECK_EQUAL(walk(sorted("rank")), "[ab]");
  put("1", R"({"k":"a","rank":3})");
  put("3", R"({"k":"c","rank":0})");
  drop("2");
  CAF_CHECK_EQUAL(walk(sorted("rank")), "[ca]");
}

CAF_TEST(filters compare values and take numbers as text) {
  put("1", R"({"k":"a","kind":"bar"})");
  put("2", R"({"k":"b","kind":7})");
  put("3", R"({"k":"c","kind":true})");
  put("4", R"({"k":"d"})");
  put("5", R"({"k":"e","kind":7.0})");
  auto filtered = [&](const json& wanted) {
    auto request = sorted("");
    request.equal = {{"kind", wanted}};
    return walk(request);
  };
  CAF_CHECK_EQUAL(filtered("bar"), "[a]");
  CAF_CHECK_EQUAL(filtered("Bar"), "[]");
  CAF_CHECK_EQUAL(filtered(7), "[be]");
  CAF_CHECK_EQUAL(filtered("7"), "[b]");
  CAF_CHECK_EQUAL(filtered("true"), "[c]");
  CAF_CHECK_EQUAL(filtered(nullptr), "[d]");
}

CAF_TEST(search looks into the named members whatever the case) {
  put("1", R"({"k":"a","name":"Old Town"})");
  put("2", R"({"k":"b","note":"the oldest"})");
  put("3", R"({"k":"c","name":7,"other":"old"})");
  put("4", R"({"k":"d","name":"Bâle"})");
  auto found = [&](std::string text) {
    auto request = sorted("");
    request.text = std::move(text);
    return walk(request);
  };
  CAF_CHECK_EQUAL(found("OLD"), "[ab]");
  CAF_CHECK_EQUAL(found("bâl"), "[d]");
  CAF_CHECK_EQUAL(found("nothing"), "[]");
}

CAF_TEST(the total is told only where it costs nothing) {
  put("1", R"({"k":"a","kind":"bar"})");
  auto request = sorted("");
  CAF_CHECK(page(request)["total"] == 1);
  request.equal = {{"kind", "bar"}};
  CAF_CHECK(page(request)["total"].is_null());
}

CAF_TEST(random changes keep every order the same as sorting from scratch) {
  std::mt19937 rng{42};
  std::map<std::string, std::pair<int, std::string>> truth;
  for (int step = 0; step < 3000; ++step) {
    auto key = std::to_string(rng() % 60);
    if (rng() % 4 == 0) {
      drop(key);
      truth.erase(key);
    } else {
      auto rank = static_cast<int>(rng() % 10);
      put(key, R"({"k":")" + key + R"( ","rank":)" + std::to_string(rank) + "}");
      truth[key] = {rank, key + " "};
    }
    if (step % 100 != 0) continue;
    std::vector<std::pair<int, std::string>> expected;
    for (const auto& [k, value] : truth)
      expected.emplace_back(value.first, k);
    std::sort(expected.begin(), expected.end());
    std::string text;
    for (const auto& [rank_, k] : expected)
      text += k + " ";
    auto pages = walk(sorted("rank", 7));
    pages.erase(std::remove_if(pages.begin(), pages.end(), [](char c) { return c == '[' || c == ']'; }), pages.end());
    CAF_REQUIRE_EQUAL(pages, text);
    CAF_REQUIRE_EQUAL(table.size(), truth.size());
  }
}

CAF_TEST(a page of a hundred among a hundred thousand is no scan) {
  for (int i = 0; i < 100'000; ++i)
    put(std::to_string(i), R"({"k":"x","rank":)" + std::to_string((i * 7919) % 100'000) + "}");
  auto request = sorted("-rank");
  page(request);
  auto middle = sorted("-rank", 100);
  auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 100; ++i) {
    auto now = table.list(spec, middle);
    CAF_REQUIRE(now);
    auto from = now->rfind(R"("next_cursor":")") + 15;
    middle.cursor = now->substr(from, now->find('"', from) - from);
  }
  auto took = std::chrono::steady_clock::now() - start;
  CAF_MESSAGE("a page took " << std::chrono::duration_cast<std::chrono::microseconds>(took).count() / 100 << " us");
  CAF_CHECK(took < std::chrono::seconds{1});
}

CAF_TEST_FIXTURE_SCOPE_END()
