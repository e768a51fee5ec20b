// SPDX-License-Identifier: MIT
#define CAF_SUITE catalog

#include "model/catalog.hpp"

#include <caf/all.hpp>

#include "samples.hpp"

#include <caf/test/dsl.hpp>

using namespace tidings;

namespace {

constexpr auto shops = R"({
  "service": "shops",
  "commands": { "OpenShop": { "effect": "create" }, "PutShop": { "effect": "replace" } },
  "queries": { "GetShop": { "effect": "get" }, "ListShops": { "effect": "list" }, "TopShops": { "effect": "list" } },
  "routes": {
    "POST /shops": "OpenShop",
    "GET /shops/{id}": "GetShop",
    "PUT /shops/{id}": "PutShop",
    "GET /shops/top": "TopShops",
    "GET /shops/{id}/near/{kind}": "ListShops",
    "GET /shops/{id}/near/us": "TopShops"
  }
})";

struct fixture {
  std::shared_ptr<const catalog> all = *catalog::make({model_of(places), model_of(shops)});

  /// What a request meets: "Type {params}", "405 allow" or "404".
  std::string met(std::string_view method, std::string_view path) const {
    auto result = all->match(method, path);
    if (auto* match = std::get_if<catalog::route_match>(&result))
      return match->route->type.str() + " " + dump(match->params);
    if (auto* wrong = std::get_if<catalog::wrong_method>(&result)) return "405 " + wrong->allow;
    return "404";
  }
};

std::string clash(std::string_view from, std::string_view to) {
  auto result = catalog::make({model_of(places), model_of(with(shops, from, to))});
  if (result) return "accepted";
  CAF_CHECK_EQUAL(result.error(), errc::bad_model);
  return failure_of(result.error()).detail;
}

} // namespace

CAF_TEST_FIXTURE_SCOPE(catalog_tests, fixture)

CAF_TEST(types are found in the model that declares them) {
  auto found = all->find_command("OpenShop");
  CAF_REQUIRE(found.model != nullptr);
  CAF_CHECK_EQUAL(found.model->service.str(), "shops");
  CAF_CHECK_EQUAL(found.spec->type.str(), "OpenShop");
  CAF_CHECK_EQUAL(all->find_query("ListPlaces").model->service.str(), "places");
  CAF_CHECK_EQUAL(all->models().size(), 2u);
}

CAF_TEST(types nobody declares are empty) {
  CAF_CHECK(all->find_command("CloseShop").model == nullptr);
  CAF_CHECK(all->find_command("GetShop").model == nullptr);
  CAF_CHECK(all->find_query("OpenShop").model == nullptr);
  CAF_CHECK(all->find_query("").spec == nullptr);
}

CAF_TEST(routes bind their parameters) {
  CAF_CHECK_EQUAL(met("POST", "/shops"), "OpenShop {}");
  CAF_CHECK_EQUAL(met("GET", "/shops/7"), R"(GetShop {"id":"7"})");
  CAF_CHECK_EQUAL(met("PUT", "/shops/7"), R"(PutShop {"id":"7"})");
  CAF_CHECK_EQUAL(met("GET", "/shops/7/near/bar"), R"(ListShops {"id":"7","kind":"bar"})");
  CAF_CHECK_EQUAL(met("GET", "/places/7"), R"(GetPlace {"id":"7"})");
}

CAF_TEST(literal segments win over parameters) {
  CAF_CHECK_EQUAL(met("GET", "/shops/top"), "TopShops {}");
  CAF_CHECK_EQUAL(met("PUT", "/shops/top"), R"(PutShop {"id":"top"})");
  CAF_CHECK_EQUAL(met("GET", "/shops/top/near/us"), R"(TopShops {"id":"top"})");
}

CAF_TEST(HEAD goes where GET goes) { CAF_CHECK_EQUAL(met("HEAD", "/shops/7"), R"(GetShop {"id":"7"})"); }

CAF_TEST(a wrong method is told the right ones) {
  CAF_CHECK_EQUAL(met("DELETE", "/shops/7"), "405 GET, HEAD, PUT");
  CAF_CHECK_EQUAL(met("GET", "/shops"), "405 POST");
  CAF_CHECK_EQUAL(met("get", "/shops/7"), "405 GET, HEAD, PUT");
}

CAF_TEST(other paths match nothing) {
  for (auto path : {"",
                    "/",
                    "shops",
                    "/shop",
                    "/shops/",
                    "//shops",
                    "/shops//",
                    "/shops/7/",
                    "/shops/7/near",
                    "/shops/.",
                    "/shops/..",
                    "/shops/%2e%2e",
                    "/shops/%",
                    "/shops/%4",
                    "/shops/%zz",
                    "/shops/%00",
                    "/shops/a%0d%0ab",
                    "/shops/%ff",
                    "/shops/%c0%af",
                    "/shops/%ed%a0%80",
                    "/SHOPS/7"})
    CAF_CHECK_EQUAL(std::string{path} + " " + met("GET", path), std::string{path} + " 404");
  std::string deep;
  for (int i = 0; i < 10'000; ++i)
    deep += "/shops";
  CAF_CHECK_EQUAL(met("GET", deep), "404");
}

CAF_TEST(parameters are decoded once and stay within their segment) {
  CAF_CHECK_EQUAL(met("GET", "/shops/a%2Fb"), R"(GetShop {"id":"a/b"})");
  CAF_CHECK_EQUAL(met("GET", "/shops/a%252Fb"), R"(GetShop {"id":"a%2Fb"})");
  CAF_CHECK_EQUAL(met("GET", "/shops/B%C3%A2le"), R"(GetShop {"id":"Bâle"})");
  CAF_CHECK_EQUAL(met("GET", "/%73hops/7"), R"(GetShop {"id":"7"})");
}

CAF_TEST(models that share a name are refused with both services) {
  CAF_CHECK_EQUAL(
      clash(R"("shops")", R"("places")"),
      "The models of the services places and places both declare the service places; one of them must change");
  CAF_CHECK_EQUAL(
      clash(R"("shops")", R"("shops", "bucket": "places")"),
      "The models of the services places and shops both declare the bucket places; one of them must change");
  CAF_CHECK_EQUAL(clash(R"("commands": {)", R"("commands": { "DropPlace": { "effect": "delete" },)"),
                  "The models of the services places and shops both declare the command DropPlace; one of them must "
                  "change");
  CAF_CHECK_EQUAL(
      clash(R"("queries": {)", R"("queries": { "GetPlace": { "effect": "get" },)"),
      "The models of the services places and shops both declare the query GetPlace; one of them must change");
  CAF_CHECK_EQUAL(
      clash(R"("routes": {)", R"("routes": { "GET /places/{key}": "GetShop",)"),
      "The models of the services places and shops both declare the route GET /places/{key}; one of them must "
      "change");
}

CAF_TEST(an empty catalog knows nothing) {
  auto none = *catalog::make({});
  CAF_CHECK(none->find_command("OpenShop").model == nullptr);
  CAF_CHECK(std::holds_alternative<catalog::no_route>(none->match("GET", "/shops")));
}

CAF_TEST_FIXTURE_SCOPE_END()
