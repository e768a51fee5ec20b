// SPDX-License-Identifier: MIT
#define CAF_SUITE openapi

#include "contracts/openapi.hpp"

#include <set>

#include <caf/all.hpp>

#include "model/samples.hpp"

#include <caf/test/dsl.hpp>

using namespace tidings;

namespace {

const contract_settings settings{"1.2.3", std::chrono::milliseconds{0}, std::chrono::milliseconds{30'000}, false};

json document_of(std::vector<std::string_view> texts, const contract_settings& about = settings) {
  std::vector<model_ptr> models;
  for (auto text : texts) models.push_back(model_of(text));
  return openapi(**catalog::make(std::move(models)), about);
}

json names_of(const json& parameters) {
  json result = json::array();
  for (auto& x : parameters) result.push_back(x.contains("name") ? x["name"] : x["$ref"]);
  return result;
}

bool takes(const json& operation, std::string_view parameter) {
  auto names = names_of(operation["parameters"]);
  auto reference = "#/components/parameters/" + std::string{parameter};
  return std::any_of(names.begin(), names.end(), [&](const json& x) { return x == reference || x == std::string{parameter}; });
}

constexpr auto shops = R"({
  "service": "shops", "key": "code",
  "commands": { "PutShop": { "effect": "replace", "schema": { "required": ["code", "name"], "minProperties": 2 } },
                "AskShop": { "effect": "replace", "handler": { "subject": "rules.shop" } } },
  "queries": { "GetShop": { "effect": "get", "schema": { "properties": { "lang": { "$ref": "#/definitions/lang" } },
                                                        "definitions": { "lang": { "maxLength": 2 } } } } },
  "routes": { "PUT /shops/{code}": "PutShop", "GET /shops/{code}": "GetShop" }
})";

} // namespace

CAF_TEST(every type and route has its operation) {
  auto paths = document_of({places})["paths"];
  CAF_CHECK(paths["/commands/CreatePlace"].contains("post"));
  CAF_CHECK(paths["/queries/ListPlaces"].contains("get"));
  CAF_CHECK(paths["/queries/ListPlaces"].contains("post"));
  CAF_CHECK(paths["/places"].contains("post"));
  CAF_CHECK(paths["/places/{id}"].contains("delete"));
  for (auto own : {"/commands/{name}", "/commands/{name}/events", "/queries/{name}", "/events", "/session", "/services", "/model",
                   "/healthz", "/readyz", "/openapi.json", "/asyncapi.json", "/"})
    CAF_CHECK(paths.contains(own));
}

CAF_TEST(operations have names of their own) {
  std::set<std::string> ids;
  size_t count = 0;
  auto paths = document_of({places, shops})["paths"];
  for (auto& path : paths)
    for (auto& [method, operation] : path.items())
      if (method != "parameters") ids.insert(operation["operationId"]), ++count;
  CAF_CHECK(count > 20u);
  CAF_CHECK_EQUAL(ids.size(), count);
}

CAF_TEST(a process without models describes what is left) {
  auto document = document_of({});
  CAF_CHECK(document["paths"].contains("/healthz"));
  CAF_CHECK(document["paths"].contains("/commands/{name}"));
}

CAF_TEST(conflicts are told where there can be one) {
  auto paths = document_of({places, shops})["paths"];
  CAF_CHECK(paths["/commands/CreatePlace"]["post"]["responses"].contains("409"));
  CAF_MESSAGE("a replacement has none, but for unique members or by its handler");
  CAF_CHECK(!paths["/commands/PutShop"]["post"]["responses"].contains("409"));
  CAF_CHECK(paths["/commands/PutPlace"]["post"]["responses"].contains("409"));
  CAF_CHECK(paths["/commands/AskShop"]["post"]["responses"].contains("409"));
}

CAF_TEST(a list is asked by parameters) {
  auto list = document_of({places})["paths"]["/places"]["get"];
  for (auto name : {"limit", "sort", "cursor", "q", "kind"}) CAF_CHECK(takes(list, name));
  CAF_CHECK(!takes(list, "note"));
  auto& parameters = list["parameters"];
  auto limit = std::find_if(parameters.begin(), parameters.end(), [](const json& x) { return x.value("name", "") == "limit"; });
  CAF_CHECK_EQUAL(dump((*limit)["schema"]), R"({"type":"integer","minimum":1,"maximum":50,"default":3})");
}

CAF_TEST(what the path says may be left out of the body) {
  auto document = document_of({shops});
  auto put = document["paths"]["/shops/{code}"]["put"];
  CAF_CHECK_EQUAL(put["parameters"][0]["name"], "code");
  auto& schema = put["requestBody"]["content"]["application/json"]["schema"];
  CAF_CHECK_EQUAL(dump(schema), R"({"required":["name"],"minProperties":1})");
  CAF_MESSAGE("but not of the command's");
  CAF_CHECK_EQUAL(dump(document["components"]["schemas"]["PutShop.payload"]), R"({"required":["code","name"],"minProperties":2})");
}

CAF_TEST(the schema of a query counts beside what its effect asks for) {
  auto document = document_of({shops});
  auto get = document["paths"]["/shops/{code}"]["get"];
  CAF_CHECK(takes(get, "lang"));
  CAF_CHECK(get["responses"].contains("422"));
  CAF_MESSAGE("its references start at its own root");
  CAF_CHECK_EQUAL(dump(document["components"]["schemas"]["GetShop.payload.model"]["properties"]["lang"]),
                  R"({"$ref":"#/components/schemas/GetShop.payload.model/definitions/lang"})");
}

CAF_TEST(paths that differ in names of parameters only are one) {
  auto paths = document_of({with(shops, "PUT /shops/{code}", "PUT /shops/{id}")})["paths"];
  CAF_CHECK(!paths.contains("/shops/{code}"));
  CAF_CHECK(paths["/shops/{id}"].contains("put"));
  CAF_MESSAGE("a parameter says which member of the payload it is");
  auto get = paths["/shops/{id}"]["get"];
  CAF_CHECK_EQUAL(get["parameters"][0]["name"], "id");
  CAF_CHECK_EQUAL(get["parameters"][0]["description"], "The payload's `code`.");
}

CAF_TEST(delays are told of in a demo only) {
  CAF_CHECK(!takes(document_of({places})["paths"]["/places"]["post"], "Tidings-Delay-Ms"));
  auto demo = settings;
  demo.demo = true;
  CAF_CHECK(takes(document_of({places}, demo)["paths"]["/places"]["post"], "Tidings-Delay-Ms"));
}
