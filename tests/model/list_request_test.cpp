// SPDX-License-Identifier: MIT
#define CAF_SUITE list_request

#include "model/listing.hpp"

#include <caf/all.hpp>

#include "samples.hpp"

#include <caf/test/dsl.hpp>

using namespace tidings;

namespace {

struct fixture {
  model_ptr model = model_of(places);
  const query_spec& spec = model->queries.find("ListPlaces")->second;

  list_request read(std::string_view payload) const {
    auto result = parse_list_request(*model, spec, parsed(payload));
    CAF_REQUIRE(result);
    return *result;
  }

  std::string refusal(std::string_view payload) const {
    auto result = parse_list_request(*model, spec, parsed(payload));
    if (result) return "accepted";
    CAF_CHECK_EQUAL(result.error(), errc::schema_violation);
    auto errors = failure_of(result.error()).errors;
    return errors.at(0).pointer + " " + errors.at(0).message;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(list_request_tests, fixture)

CAF_TEST(without a payload the model decides) {
  for (auto payload : {"null", "{}"}) {
    auto request = read(payload);
    CAF_CHECK_EQUAL(request.sort, "-rank");
    CAF_CHECK_EQUAL(request.limit, 3u);
    CAF_CHECK(!request.cursor);
    CAF_CHECK(request.equal.empty());
    CAF_CHECK(request.text.empty());
  }
}

CAF_TEST(a payload may ask for something else) {
  auto request = read(R"({"limit":50,"sort":"name","cursor":"abc","q":"Old","kind":"bar"})");
  CAF_CHECK_EQUAL(request.sort, "name");
  CAF_CHECK_EQUAL(request.limit, 50u);
  CAF_CHECK_EQUAL(request.cursor.value_or(""), "abc");
  CAF_CHECK_EQUAL(request.text, "Old");
  CAF_REQUIRE_EQUAL(request.equal.size(), 1u);
  CAF_CHECK_EQUAL(request.equal[0].first, "kind");
}

CAF_TEST(a limit may come as text) {
  CAF_CHECK_EQUAL(read(R"({"limit":"7"})").limit, 7u);
  for (auto limit : {"0", "51", "-1", "1.5", "\"0\"", "\"7x\"", "\"\"", "\"99999999999999999999\"", "null", "[]"})
    CAF_CHECK_EQUAL(refusal(R"({"limit":)" + std::string{limit} + "}"), "/limit must be a number from 1 to 50");
}

CAF_TEST(only fields of the model can be sorted by) {
  CAF_CHECK_EQUAL(read(R"({"sort":"-created_at"})").sort, "-created_at");
  for (auto sort : {"\"secret\"", "\"\"", "\"--rank\"", "7"})
    CAF_CHECK_EQUAL(refusal(R"({"sort":)" + std::string{sort} + "}"),
                    "/sort must be one of created_at, id, kind, name, rank, slug, updated_at, with - in front for "
                    "descending");
}

CAF_TEST(unknown members are refused by name) {
  CAF_CHECK_EQUAL(refusal(R"({"knid":"bar"})"), "/knid is not something this list can be asked for");
  CAF_CHECK_EQUAL(refusal(R"({"name":"Basel"})"), "/name is not something this list can be asked for");
}

CAF_TEST(wrong types are refused by name) {
  CAF_CHECK_EQUAL(refusal(R"({"kind":{}})"), "/kind must be a string, a number, a boolean or null");
  CAF_CHECK_EQUAL(refusal(R"({"q":7})"), "/q must be a string of at most 256 bytes");
  CAF_CHECK_EQUAL(refusal(R"({"q":")" + std::string(257, 'a') + "\"}"), "/q must be a string of at most 256 bytes");
  CAF_CHECK_EQUAL(refusal(R"({"cursor":7})"), "/cursor must be a string");
  CAF_CHECK_EQUAL(refusal("[]"), " must be an object");
}

CAF_TEST(a list that searches nothing takes no search text) {
  auto shops = model_of(R"({"service":"shops","queries":{"ListShops":{"effect":"list"}}})");
  auto result = parse_list_request(*shops, shops->queries.find("ListShops")->second, json{{"q", "x"}});
  CAF_CHECK(!result);
}

CAF_TEST_FIXTURE_SCOPE_END()
