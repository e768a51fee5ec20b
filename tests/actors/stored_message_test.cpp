// SPDX-License-Identifier: MIT
#define CAF_SUITE stored_message

#include "actors/stored_message.hpp"

#include <caf/test/dsl.hpp>

#include "envelopes/errc.hpp"
#include "tests/actors/fakes/messages.hpp"

using namespace tidings;

CAF_TEST(a message of the leader looks like one of a direct get) {
  auto answer = incoming::stored("notifications.public.cmd-1", 41, R"({"a":"\u00fc>?"})", {{"Tidings-Status", "completed"}, {"Empty", ""}, {"Url", "http://x/y"}});
  auto found = parse_stored_message(answer.data());
  CAF_REQUIRE(found.engaged());
  CAF_CHECK_EQUAL(found->data(), R"({"a":"\u00fc>?"})");
  CAF_CHECK_EQUAL(found->status(), 0);
  CAF_CHECK_EQUAL(found->header("Tidings-Status"), "completed");
  CAF_CHECK_EQUAL(found->header("Empty"), "");
  CAF_CHECK_EQUAL(found->header("Url"), "http://x/y");
  CAF_CHECK_EQUAL(found->header("Nats-Subject"), "notifications.public.cmd-1");
  CAF_CHECK_EQUAL(found->header("Nats-Sequence"), "41");
  CAF_CHECK_EQUAL(found->header("Nats-Time-Stamp"), "2026-01-02T03:04:05Z");
}

CAF_TEST(a message without headers and without data is one) {
  auto found = parse_stored_message(R"({"message":{"subject":"a","seq":3,"time":""}})");
  CAF_REQUIRE(found.engaged());
  CAF_CHECK_EQUAL(found->data(), "");
  CAF_CHECK_EQUAL(found->header("Nats-Sequence"), "3");
}

CAF_TEST(data of every length comes back) {
  for (std::string data; data.size() < 9; data += static_cast<char>(250 + data.size())) {
    auto found = parse_stored_message(incoming::stored("a", 1, data).data());
    CAF_REQUIRE(found.engaged());
    CAF_CHECK_EQUAL(found->data(), data);
  }
}

CAF_TEST(that there is none is an answer too) {
  auto found = parse_stored_message(incoming::no_message().data());
  CAF_REQUIRE(found.engaged());
  CAF_CHECK_EQUAL(found->status(), 404);
}

CAF_TEST(anything else says nothing) {
  for (auto& text : {std::string{incoming::api_refusal(503, 10008, "no leader").data()}, std::string{"{}"}, std::string{"x"}, std::string{R"({"message":{"seq":1,"data":"*"}})"},
                     std::string{R"({"message":{"seq":1,"hdrs":"*"}})"}, std::string{R"({"message":{"data":""}})"}}) {
    CAF_MESSAGE(text);
    auto found = parse_stored_message(text);
    CAF_REQUIRE(!found.engaged());
    CAF_CHECK(code_of(found.error()) == errc::unavailable);
  }
}
