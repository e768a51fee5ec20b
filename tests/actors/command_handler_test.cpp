// SPDX-License-Identifier: MIT
#define CAF_SUITE command_handler

#include "actors/command_handler.hpp"

#include "tests/actors/fakes/commands.hpp"

#include "tests/actors/fakes/fixture.hpp"

using namespace tidings;

namespace {

struct handler_fixture : actor_fixture {
  catalog_ptr models = sample_catalog();
  command_handler_actor handler = kept(sys.spawn(model_command_handler));

  decision decide_over(std::string_view type, json payload, document_ptr current) {
    decide_command x;
    x.command = stored(models, type, "cmd-1", std::move(payload), 7);
    x.current = std::move(current);
    auto asked = self->request(handler, caf::infinite, x);
    consume_messages();
    decision result;
    asked.receive([&](decision& verdict) { result = std::move(verdict); },
                  [&](const caf::error& why) { CAF_FAIL(sys.render(why)); });
    return result;
  }

  document_ptr existing() const { return document("n1", 3, 2, "cmd-0", {{"id", "n1"}, {"text", "old"}}); }

  static std::string rejected(const decision& x) {
    auto* no = std::get_if<rejection>(&x);
    return no == nullptr ? "" : no->code;
  }

  static json written(const decision& x) {
    auto* doc = std::get_if<write_document>(&x);
    return doc == nullptr ? json() : doc->document;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(command_handler_tests, handler_fixture)

CAF_TEST(create makes the document where there is none) {
  auto made = written(decide_over("WriteNote", {{"id", "n1"}, {"text", "hello"}}, nullptr));
  CAF_CHECK_EQUAL(text(made["id"]), "n1");
  CAF_CHECK_EQUAL(text(made["text"]), "hello");
  CAF_CHECK_EQUAL(text(made["created_at"]), "2026-01-02T03:04:05Z");
}

CAF_TEST(create is rejected where there is a document) {
  CAF_CHECK_EQUAL(rejected(decide_over("WriteNote", {{"id", "n1"}, {"text", "hello"}}, existing())), "already_exists");
}

CAF_TEST(a tombstone counts as no document) {
  auto gone = tombstone("n1", 4, 3, "cmd-0");
  CAF_CHECK_EQUAL(text(written(decide_over("WriteNote", {{"id", "n1"}, {"text", "hello"}}, gone))["text"]), "hello");
  CAF_CHECK_EQUAL(rejected(decide_over("EditNote", {{"id", "n1"}, {"text", "new"}}, gone)), "missing");
  CAF_CHECK_EQUAL(rejected(decide_over("TearNote", {{"id", "n1"}}, gone)), "missing");
}

CAF_TEST(merge changes what is given and keeps the rest) {
  auto current = document("n1", 3, 2, "cmd-0", {{"id", "n1"}, {"text", "old"}, {"colour", "red"}});
  auto merged = written(decide_over("EditNote", {{"id", "n1"}, {"text", "new"}}, current));
  CAF_CHECK_EQUAL(text(merged["text"]), "new");
  CAF_CHECK_EQUAL(text(merged["colour"]), "red");
  CAF_CHECK_EQUAL(rejected(decide_over("EditNote", {{"id", "n1"}, {"text", "new"}}, nullptr)), "missing");
}

CAF_TEST(delete takes the document away) {
  CAF_CHECK(std::holds_alternative<remove_document>(decide_over("TearNote", {{"id", "n1"}}, existing())));
  CAF_CHECK_EQUAL(rejected(decide_over("TearNote", {{"id", "n1"}}, nullptr)), "missing");
}

CAF_TEST(replace writes whether there is a document or not ) {
  CAF_CHECK_EQUAL(text(written(decide_over("PutNote", {{"id", "n1"}, {"text", "new"}}, nullptr))["text"]), "new");
  CAF_CHECK_EQUAL(text(written(decide_over("PutNote", {{"id", "n1"}, {"text", "new"}}, existing()))["text"]), "new");
}

CAF_TEST(a slow handler on purpose answers after its delay) {
  decide_command x;
  auto command = stored(models, "WriteNote", "cmd-1", {{"id", "n1"}, {"text", "hello"}}, 7);
  command->delay = milliseconds{500};
  x.command = command;
  bool answered = false;
  auto asker = kept(sys.spawn([&](caf::event_based_actor* me) {
    me->request(handler, caf::infinite, x).then([&](const decision&) { answered = true; });
  }));
  pass(milliseconds{499});
  CAF_CHECK(!answered);
  pass(milliseconds{1});
  CAF_CHECK(answered);
}

CAF_TEST(the same command and document give the same decision again) {
  json payload = {{"text", "no id of its own"}};
  CAF_CHECK(decide_over("WriteNote", payload, nullptr) == decide_over("WriteNote", payload, nullptr));
  json edit = {{"id", "n1"}, {"text", "new"}};
  CAF_CHECK(decide_over("EditNote", edit, existing()) == decide_over("EditNote", edit, existing()));
}

CAF_TEST_FIXTURE_SCOPE_END()
