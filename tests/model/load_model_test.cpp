// SPDX-License-Identifier: MIT
#define CAF_SUITE load_model

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <caf/all.hpp>

#include "model/effect.hpp"
#include "model/listing.hpp"
#include "samples.hpp"

#include <caf/test/dsl.hpp>

using namespace tidings;
using namespace std::chrono_literals;

namespace {

std::string refusal(std::string_view text) {
  auto model = load_model(text, "test.json");
  if (model) return "accepted";
  CAF_CHECK_EQUAL(model.error(), errc::bad_model);
  return failure_of(model.error()).detail;
}

/// The refusal of the sample with one part of it replaced.
std::string refusal(std::string_view from, std::string_view to) { return refusal(with(places, from, to)); }

/// A model from `examples/`, looked for upwards from this source file and from where the test runs: a compiler cache
/// may have made the name of this file relative to the build folder.
model_ptr example(std::string_view name) {
  namespace fs = std::filesystem;
  for (auto start : {fs::absolute(__FILE__), fs::current_path()})
    for (auto folder = start; folder != folder.parent_path(); folder = folder.parent_path())
      if (auto file = folder / "examples" / name; fs::exists(file)) {
        std::ifstream in{file};
        return model_of(std::string{std::istreambuf_iterator<char>{in}, {}});
      }
  throw std::runtime_error{"no examples folder above the test"};
}

std::string violations(const model_ptr& model, std::string_view type, std::string_view payload) {
  std::string result;
  for (const auto& [pointer, message] : model->commands.find(type)->second.check->violations(parsed(payload)))
    result += pointer + " " + message + ";";
  return result;
}

} // namespace

CAF_TEST(a model is read with its defaults) {
  auto model = model_of(places);
  CAF_CHECK_EQUAL(model->service.str(), "places");
  CAF_CHECK_EQUAL(model->bucket.str(), "places");
  CAF_CHECK_EQUAL(model->key, "id");
  CAF_CHECK_EQUAL(model->noun, "Place");
  CAF_CHECK_EQUAL(model->commands.size(), 4u);
  CAF_CHECK_EQUAL(model->queries.size(), 2u);
  CAF_CHECK_EQUAL(model->routes.size(), 4u);
  const auto& create = model->commands.find("CreatePlace")->second;
  CAF_CHECK(create.effect == command_effect::create);
  CAF_CHECK(create.timeout == 10s);
  CAF_CHECK(!create.handler);
  CAF_REQUIRE_EQUAL(create.actions.size(), 1u);
  CAF_CHECK_EQUAL(create.actions[0].type, "redirect");
  const auto& get = model->queries.find("GetPlace")->second;
  CAF_CHECK(get.effect == query_effect::get);
  CAF_CHECK(get.timeout == 3s);
  const auto& list = model->queries.find("ListPlaces")->second;
  CAF_CHECK_EQUAL(list.sort, "-rank");
  CAF_CHECK_EQUAL(list.limit, 3u);
  CAF_CHECK_EQUAL(list.max_limit, 50u);
  CAF_CHECK_EQUAL(dump(model->source), dump(parsed(places)));
}

CAF_TEST(a command without a schema takes everything) {
  auto model = model_of(places);
  CAF_CHECK(model->commands.find("PutPlace")->second.check->violations(parsed("[1]")).empty());
  CAF_CHECK(model->queries.find("GetPlace")->second.check->violations(parsed("null")).empty());
}

CAF_TEST(nouns are singular unless the file says otherwise) {
  auto noun = [](std::string_view service) {
    return model_of(R"({"service":")" + std::string{service} + R"(","queries":{"Q":{"effect":"get"}}})")->noun;
  };
  CAF_CHECK_EQUAL(noun("users"), "User");
  CAF_CHECK_EQUAL(noun("address"), "Address");
  CAF_CHECK_EQUAL(noun("Stock"), "Stock");
  auto named = model_of(with(places, R"("service")", R"("noun":"Ort","service")"));
  CAF_CHECK_EQUAL(named->noun, "Ort");
}

CAF_TEST(lists may be sorted by what the file names) {
  auto model = model_of(places);
  for (auto field : {"id", "created_at", "updated_at", "name", "rank", "slug", "kind"})
    CAF_CHECK(model->sortable.contains(field));
  CAF_CHECK_EQUAL(model->sortable.size(), 7u);
}

CAF_TEST(a handler elsewhere has a subject and a timeout) {
  auto model =
      model_of(with(places, R"("effect": "merge")", R"("effect": "merge", "handler": {"subject": "a.b-c.D_1"})"));
  const auto& handler = model->commands.find("ChangePlace")->second.handler;
  CAF_REQUIRE(handler);
  CAF_CHECK_EQUAL(handler->subject, "a.b-c.D_1");
  CAF_CHECK(handler->timeout == 5s);
}

CAF_TEST(handler subjects that would loop or match more than one are refused) {
  for (auto subject : {"", ".", "a.", ".a", "a..b", "a.*", "a.>", "$JS.API", "a b", "commands.0.CreatePlace.x",
                       "notifications.public.x", "dead.x.y", "commands.ChangePlace"})
    CAF_CHECK(refusal(R"("effect": "merge")",
                      R"("effect": "merge", "handler": {"subject": ")" + std::string{subject} + R"("})")
                  .starts_with("test.json: /commands/ChangePlace/handler"));
  CAF_CHECK_EQUAL(refusal(R"("effect": "merge")", R"("effect": "merge", "handler": {"subject": "commands.Other"})"),
                  "accepted");
}

CAF_TEST(syntax errors name file line and column) {
  CAF_CHECK(refusal("{\n \"service\": }").starts_with("test.json: Invalid JSON at line 2, column 13: "));
  CAF_CHECK_EQUAL(refusal(R"({"service":"a","service":"b"})"), "test.json: Invalid JSON: /service appears twice");
  CAF_CHECK_EQUAL(refusal("[]"), "test.json: the file must hold a JSON object");
}

CAF_TEST(unknown members are refused by name wherever they are) {
  CAF_CHECK_EQUAL(
      refusal(R"("unique")", R"("uniqe")"),
      "test.json: /uniqe is not known; known here are service, bucket, key, noun, unique, commands, queries, "
      "routes, description");
  CAF_CHECK(refusal(R"("actions")", R"("action")").starts_with("test.json: /commands/CreatePlace/action is not known"));
  CAF_CHECK(refusal(R"("filters")", R"("filter")").starts_with("test.json: /queries/ListPlaces/filter is not known"));
  CAF_CHECK(
      refusal(R"("data")", R"("date")").starts_with("test.json: /commands/CreatePlace/actions/0/date is not known"));
  CAF_CHECK(refusal(R"("effect": "get")", R"("effect": "get", "sort": "id")")
                .starts_with("test.json: /queries/GetPlace/sort is not known"));
}

CAF_TEST(wrong values are refused by place) {
  struct {
    const char *from, *to, *place;
  } cases[] = {
      {R"("service": "places")", R"("service": "pla.ces")", "/service must be 1 to 64"},
      {R"("service": "places",)", "", "/service must be 1 to 64"},
      {R"("service": "places")", R"("service": "places", "bucket": 7)", "/bucket must be 1 to 64"},
      {R"("service": "places")", R"("service": "places", "bucket": "tidings_leases")", "/bucket must not be tidings_leases"},
      {R"("service": "places")", R"("service": "places", "key": "")", "/key must be a string of 1 to 256"},
      {R"("service": "places")", R"("service": "places", "key": "created_at")", "/key must not be created_at"},
      {R"(["slug"])", R"("slug")", "/unique must be a list"},
      {R"(["slug"])", R"(["slug", "slug"])", "/unique must not name slug twice"},
      {R"("effect": "create")", R"("effect": "make")",
       "/commands/CreatePlace/effect must be create, replace, merge or"},
      {R"("effect": "merge")", R"("description": "x")", "/commands/ChangePlace/effect must be"},
      {R"({ "effect": "merge" })", "7", "/commands/ChangePlace must be an object"},
      {R"("DropPlace": {)", R"("Drop Place": {)", "/commands/Drop Place must be named"},
      {R"("type": "string")", R"("type": "strin")", "/commands/CreatePlace/schema is not a usable JSON Schema"},
      {R"("effect": "get")", R"("effect": "find")", "/queries/GetPlace/effect must be get or list"},
      {R"("effect": "get")", R"("effect": "get", "schema": 7)", "/queries/GetPlace/schema is not a usable JSON Schema"},
      {R"("effect": "get")", R"("effect": "get", "timeout_ms": 0)",
       "/queries/GetPlace/timeout_ms must be an integer from 1"},
      {R"("limit": 3)", R"("limit": "3")", "/queries/ListPlaces/limit must be an integer"},
      {R"("limit": 3)", R"("limit": 51)", "/queries/ListPlaces/limit is above max_limit"},
      {R"(["kind"])", R"(["kind", "sort"])", "/queries/ListPlaces/filters must not name limit, sort"},
      {R"("sort": "-rank")", R"("sort": "-")", "/queries/ListPlaces/sort must name a field"},
      {R"([{ "type": "redirect", "data": "/places/{id}" }])", R"([7])",
       "/commands/CreatePlace/actions/0 must be an object"},
      {R"("type": "redirect", )", "", "/commands/CreatePlace/actions/0/type is required"},
      {R"("GetPlace": {)", R"("DropPlace": {)", "/queries/DropPlace has the name of a command"},
  };
  for (auto [from, to, place] : cases) {
    auto expected = "test.json: " + std::string{place};
    CAF_CHECK_EQUAL(refusal(from, to).substr(0, expected.size()), expected);
  }
  CAF_CHECK_EQUAL(refusal(R"({"service":"a"})"), "test.json: the file must declare a command or a query");
}

CAF_TEST(wrong routes are refused by place) {
  struct {
    const char *route, *what;
  } cases[] = {
      {R"("GET /places/{id}": "NoSuchType")", "must lead to a command or query of this file"},
      {R"("GET /places/{id}": 7)", "must lead to a command or query of this file"},
      {R"("FETCH /places/{id}": "GetPlace")", "must start with GET or POST, as it leads to a query"},
      {R"("get /places/{id}": "GetPlace")", "must start with GET or POST, as it leads to a query"},
      {R"("DELETE /places/{id}": "GetPlace")", "must start with GET or POST, as it leads to a query"},
      {R"("GET /places/{id}": "DropPlace")", "must start with POST, PUT, PATCH or DELETE, as it leads to a command"},
      {R"("GET places": "GetPlace")", "must go on with a path like /locations/{id}"},
      {R"("GET": "GetPlace")", "must go on with a path like /locations/{id}"},
      {R"("GET /places/": "GetPlace")", "must go on with a path like /locations/{id}"},
      {R"("GET /places/../x": "GetPlace")", "must go on with a path like /locations/{id}"},
      {R"("GET /{id}": "GetPlace")", "must not start its path with a parameter"},
      {R"("GET /commands/{id}": "GetPlace")", "must not start with a path of Tidings' own"},
      {R"("GET /places/{id": "GetPlace")", "has a segment that no path can have"},
      {R"("GET /places/{i d}": "GetPlace")", "has a parameter whose name is not of A-Z, a-z, 0-9, _ and -"},
      {R"("GET /places/{a}/{a}": "GetPlace")", "has two parameters of one name"},
  };
  for (auto [route, what] : cases) {
    auto text = refusal(with(with(places, R"("DELETE /places/{id}": "DropPlace")", R"("DELETE /x": "DropPlace")"),
                             R"("GET /places/{id}": "GetPlace")", route));
    CAF_CHECK_EQUAL(text.substr(0, 19), "test.json: /routes/");
    CAF_CHECK_EQUAL(std::string{route} + ": " + text.substr(std::min(text.size(), text.find(what))),
                    std::string{route} + ": " + what);
  }
  CAF_CHECK(refusal(R"("GET /places/{id}": "GetPlace")", R"("GET /p/{a}": "GetPlace", "GET /p/{b}": "GetPlace")")
                .ends_with("matches the same requests as another route"));
}

CAF_TEST(the locations example is the domain of the first sketch) {
  auto model = example("locations.json");
  CAF_CHECK_EQUAL(model->noun, "Location");
  CAF_CHECK_EQUAL(violations(model, "CreateLocation", R"({"name":"Basel","category":"City","description":"Rhine"})"),
                  "");
  CAF_CHECK_EQUAL(violations(model, "CreateLocation", R"({"category":"Village"})"),
                  "/category must be one of Town, City, County/Region, Country, Continent;/name is required;");
  CAF_CHECK_EQUAL(violations(model, "UpdateLocation", R"({"id":"bs","description":null})"), "");
  CAF_CHECK_EQUAL(violations(model, "RenameLocation", R"({"id":"bs","name":"Basle"})"), "");
  CAF_CHECK_EQUAL(violations(model, "RenameLocation", R"({"id":"bs","name":"Basle","category":"City"})"),
                  "/category is not allowed;");
  CAF_CHECK_EQUAL(violations(model, "RemoveLocation", R"({"id":"b s"})"),
                  "/id must match the pattern ^[A-Za-z0-9_-]{1,64}$;");
  CAF_CHECK_EQUAL(expand_actions(model->commands.find("CreateLocation")->second.actions, json_slice{R"({"id":"bs"})"}),
                  R"([{"type":"redirect","data":"/locations/bs"}])");
  CAF_CHECK_EQUAL(model->routes.size(), 6u);
}

CAF_TEST(a type may be for roles only) {
  auto model = model_of(R"({"service":"doors","commands":{"Open":{"effect":"create","allow":["role:keeper","role:a:b"]},"Shut":{"effect":"delete"}},
                            "queries":{"Look":{"effect":"list","allow":["role:keeper"]}}})");
  CAF_CHECK(model->commands.find("Open")->second.allow == (std::vector<std::string>{"keeper", "a:b"}));
  CAF_CHECK(model->commands.find("Shut")->second.allow.empty());
  CAF_CHECK(model->queries.find("Look")->second.allow == std::vector<std::string>{"keeper"});
  for (auto allow : {R"([])", R"(["keeper"])", R"(["role:"])", R"("role:keeper")", R"([7])", R"({})", R"(null)", R"(["role:a","role:a"])"})
    CAF_CHECK(refusal(R"({"service":"doors","commands":{"Open":{"effect":"create","allow":)" + std::string{allow} + "}}}").find("/commands/Open/allow") != std::string::npos);
}

CAF_TEST(the users example keeps email addresses unique) {
  auto model = example("users.json");
  CAF_CHECK_EQUAL(not_unique(*model, model->unique.at(0), "alice@example.com").message,
                  "User already exists with email: alice@example.com");
  CAF_CHECK_EQUAL(violations(model, "CreateUser", R"({"name":"Alice","email":"alice"})"),
                  "/email must have the format email;");
  CAF_CHECK(parse_list_request(*model, model->queries.find("SearchUsers")->second, json{{"q", "ali"}}));
}
