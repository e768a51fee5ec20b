// SPDX-License-Identifier: MIT
#define CAF_SUITE effect

#include "model/effect.hpp"

#include <caf/all.hpp>

#include "samples.hpp"

#include <caf/test/dsl.hpp>

using namespace tidings;

namespace {

struct fixture {
  model_ptr model = model_of(places);

  const command_spec& spec(std::string_view type) const { return model->commands.find(type)->second; }

  /// The decision in words: the new document, "removed" or "code: message".
  std::string decided(std::string_view type, std::string_view payload, std::string_view current = "null") const {
    command_request command{std::string{type}, "cmd-123e4567-e89b-42d3-a456-426614174000", "test",
                            "2025-11-29T12:34:56Z", parsed(payload)};
    auto result = decide(*model, spec(type), command, parsed(current));
    if (auto* write = std::get_if<write_document>(&result)) return dump(write->document);
    if (auto* no = std::get_if<rejection>(&result)) return no->code + ": " + no->message;
    return "removed";
  }

  std::string key_or_pointer(std::string_view type, std::string_view payload,
                             std::string_view command_id = "cmd-1") const {
    auto result = key_of(*model, spec(type), parsed(payload), command_id);
    if (result) return result->str();
    CAF_CHECK_EQUAL(result.error(), errc::schema_violation);
    auto errors = failure_of(result.error()).errors;
    return errors.at(0).pointer + " " + errors.at(0).message;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(effect_tests, fixture)

CAF_TEST(create puts the key first and the creation time last) {
  CAF_CHECK_EQUAL(decided("CreatePlace", R"({"name":"Basel","id":"bs"})"),
                  R"({"id":"bs","name":"Basel","created_at":"2025-11-29T12:34:56Z"})");
}

CAF_TEST(create without a key takes the uuid of the command) {
  CAF_CHECK_EQUAL(
      decided("CreatePlace", R"({"name":"Basel"})"),
      R"({"id":"123e4567-e89b-42d3-a456-426614174000","name":"Basel","created_at":"2025-11-29T12:34:56Z"})");
}

CAF_TEST(create keeps a creation time that is given) {
  CAF_CHECK_EQUAL(decided("CreatePlace", R"({"id":"bs","created_at":"1225"})"), R"({"id":"bs","created_at":"1225"})");
}

CAF_TEST(create rejects an existing key) {
  CAF_CHECK_EQUAL(decided("CreatePlace", R"({"id":"bs"})", R"({"id":"bs"})"),
                  "already_exists: Place already exists with id: bs");
}

CAF_TEST(the same command decides the same twice) {
  CAF_CHECK_EQUAL(decided("CreatePlace", R"({"name":"x"})"), decided("CreatePlace", R"({"name":"x"})"));
}

CAF_TEST(replace makes what is missing and keeps only the creation time of what is there) {
  CAF_CHECK_EQUAL(decided("PutPlace", R"({"id":"bs","name":"Basel"})"),
                  R"({"id":"bs","name":"Basel","created_at":"2025-11-29T12:34:56Z"})");
  CAF_CHECK_EQUAL(decided("PutPlace", R"({"id":"bs","name":"Basel"})", R"({"id":"bs","note":"x","created_at":"1225"})"),
                  R"({"id":"bs","name":"Basel","created_at":"1225"})");
}

CAF_TEST(merge overwrites adds and takes away members) {
  CAF_CHECK_EQUAL(decided("ChangePlace", R"({"id":"bs","name":"Basle","note":null,"rank":3,"at":{"x":null,"y":2}})",
                          R"({"id":"bs","name":"Basel","note":"old","at":{"x":1}})"),
                  R"({"id":"bs","name":"Basle","at":{"y":2},"rank":3,"updated_at":"2025-11-29T12:34:56Z"})");
}

CAF_TEST(merge never changes the key) {
  CAF_CHECK_EQUAL(decided("ChangePlace", R"({"id":"other"})", R"({"id":"bs"})"),
                  R"({"id":"bs","updated_at":"2025-11-29T12:34:56Z"})");
}

CAF_TEST(merge and delete reject a missing key) {
  CAF_CHECK_EQUAL(decided("ChangePlace", R"({"id":"bs"})"), "missing: No Place with id: bs");
  CAF_CHECK_EQUAL(decided("DropPlace", R"({"id":"bs"})"), "missing: No Place with id: bs");
}

CAF_TEST(delete removes what is there) {
  CAF_CHECK_EQUAL(decided("DropPlace", R"({"id":"bs"})", R"({"id":"bs"})"), "removed");
}

CAF_TEST(a payload without a usable key is rejected and not thrown about) {
  CAF_CHECK_EQUAL(decided("DropPlace", "{}"), "invalid_payload: /id is required");
  CAF_CHECK_EQUAL(decided("PutPlace", "[1]"), "invalid_payload: The payload must be an object");
}

CAF_TEST(the key is a token in the key member) {
  CAF_CHECK_EQUAL(key_or_pointer("DropPlace", R"({"id":"a-B_9"})"), "a-B_9");
  CAF_CHECK_EQUAL(key_or_pointer("DropPlace", "{}"), "/id is required");
  CAF_CHECK_EQUAL(key_or_pointer("DropPlace", R"({"id":7})"), "/id must be a string");
  CAF_CHECK_EQUAL(key_or_pointer("DropPlace", "null"), " must be an object");
  for (auto text : {"", "a.b", "*", ">", "a b", "../x"})
    CAF_CHECK_EQUAL(key_or_pointer("CreatePlace", dump(json{{"id", text}})),
                    "/id must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -");
}

CAF_TEST(no byte outside the allow list gets into a key) {
  for (int byte = 1; byte < 256; ++byte) {
    auto c = static_cast<char>(byte);
    auto payload = json{{"id", std::string{"a"} + c + "b"}};
    CAF_CHECK_EQUAL(static_cast<bool>(key_of(*model, spec("PutPlace"), payload, "cmd-1")),
                    is_token(std::string_view{&c, 1}));
  }
}

CAF_TEST(a chosen command id becomes the key as far as it can) {
  CAF_CHECK_EQUAL(key_or_pointer("CreatePlace", "{}", "cmd-mine"), "mine");
  CAF_CHECK_EQUAL(key_or_pointer("CreatePlace", "{}", "mine"), "mine");
  CAF_CHECK_EQUAL(key_or_pointer("CreatePlace", "{}", "cmd-"), "cmd-");
}

CAF_TEST(a value that must be unique is named as in the specification) {
  auto users = model_of(R"({"service":"users","unique":["email"],"commands":{"CreateUser":{"effect":"create"}}})");
  auto no = not_unique(*users, "email", "alice@example.com");
  CAF_CHECK_EQUAL(no.code, "not_unique");
  CAF_CHECK_EQUAL(no.message, "User already exists with email: alice@example.com");
  CAF_CHECK_EQUAL(not_unique(*users, "number", 7).message, "User already exists with number: 7");
}

CAF_TEST(conflicts are 409 and other rejections 422) {
  for (auto code : {"already_exists", "missing", "not_unique"})
    CAF_CHECK_EQUAL(http_status_of_rejection(code), 409);
  CAF_CHECK_EQUAL(http_status_of_rejection("too_small"), 422);
  CAF_CHECK_EQUAL(http_status_of_rejection(""), 422);
}

CAF_TEST(actions take members of the document) {
  json_slice document{R"({"id":"bs","name":"Basel/Bâle ?","rank":3,"none":null})"};
  auto filled = expand_actions({{"redirect", "/places/{id}?q={name}&r={rank}"},
                                {"show", json{{"text", "{name} {rank}{none}{gone}"}, {"list", {"{id}", 1, json::object()}}}},
                                {"say \"it\"", "{ open"},
                                {"nothing", nullptr}},
                               document);
  CAF_MESSAGE("a redirect keeps each value within its part of the URL");
  CAF_CHECK_EQUAL(filled, R"([{"type":"redirect","data":"/places/bs?q=Basel%2FB%C3%A2le%20%3F&r=3"},)"
                          R"({"type":"show","data":{"text":"Basel/Bâle ? 3","list":["bs",1,{}]}},)"
                          R"({"type":"say \"it\"","data":"{ open"},)"
                          R"({"type":"nothing","data":null}])");
  CAF_CHECK_EQUAL(expand_actions({}, document), "[]");
  CAF_MESSAGE("and what a member says may need escapes again");
  CAF_CHECK_EQUAL(expand_actions({{"show", "{said}"}}, json_slice{R"({"said":"a \"b\"\n"})"}), R"([{"type":"show","data":"a \"b\"\n"}])");
}

CAF_TEST_FIXTURE_SCOPE_END()
