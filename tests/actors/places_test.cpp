// SPDX-License-Identifier: MIT
#define CAF_SUITE places

#include "actors/places.hpp"

#include <caf/test/dsl.hpp>

#include "actors/caller_places.hpp"
#include "actors/owner.hpp"
#include "envelopes/errc.hpp"

using namespace tidings;

namespace {

http_call command_of(const char* session, long wait_ms) {
  http_call call;
  submit_command what;
  what.wait = milliseconds{wait_ms};
  call.what = std::move(what);
  if (session != nullptr) call.who = caller{owner_of_session(session), {}, std::nullopt};
  return call;
}

http_call stream_of(const char* session, bool of_query) {
  http_call call;
  events_request what;
  if (of_query) what.query = ask_query{};
  call.what = std::move(what);
  call.who = caller{owner_of_session(session), {}, std::nullopt};
  return call;
}

constexpr const char* anna = "anna-anna-anna-anna-anna";
constexpr const char* berta = "berta-berta-berta-berta-berta";

} // namespace

CAF_TEST(each has so many places and no more) {
  places two{2};
  auto first = two.take("a"), second = two.take("a");
  CAF_CHECK(first && second);
  CAF_CHECK(!two.take("a"));
  CAF_CHECK(two.take("b"));
  first.reset();
  CAF_CHECK(two.take("a"));
}

CAF_TEST(whoever holds nothing is forgotten) {
  places one{1};
  for (int i = 0; i < 1000; ++i) CAF_CHECK(one.take(std::to_string(i)));
  CAF_CHECK_EQUAL(one.holders(), 0u);
}

CAF_TEST(without a limit nobody is counted) {
  places any;
  std::vector<std::shared_ptr<void>> all;
  for (int i = 0; i < 1000; ++i) all.push_back(any.take("a"));
  CAF_CHECK(all.back() != nullptr);
  CAF_CHECK_EQUAL(any.holders(), 0u);
}

CAF_TEST(a place may outlive the one who gave it) {
  std::shared_ptr<void> kept;
  {
    places one{1};
    kept = one.take("a");
  }
  kept.reset();
}

CAF_TEST(waits and streams and live queries of an owner are counted apart) {
  caller_places all{places{1}, places{1}, places{1}};
  auto wait = all.take(command_of(anna, 1000), "peer");
  auto stream = all.take(stream_of(anna, false), "peer");
  auto live = all.take(stream_of(anna, true), "peer");
  CAF_REQUIRE(wait && stream && live);
  CAF_CHECK(*wait && *stream && *live);
  for (auto& call : {command_of(anna, 1), stream_of(anna, false), stream_of(anna, true)}) {
    auto refused = all.take(call, "another");
    CAF_REQUIRE(!refused);
    CAF_CHECK(code_of(refused.error()) == errc::too_many_requests);
  }
  CAF_CHECK(all.take(command_of(berta, 1000), "peer"));
  *wait = nullptr;
  CAF_CHECK(all.take(command_of(anna, 1000), "peer"));
}

CAF_TEST(a command that nobody waits for needs no place) {
  caller_places all{places{1}, places{1}, places{1}};
  auto held = all.take(command_of(anna, 1000), "peer");
  auto free = all.take(command_of(anna, 0), "peer");
  CAF_REQUIRE(free);
  CAF_CHECK(*free == nullptr);
}

CAF_TEST(without a session an address counts) {
  caller_places all{places{1}, places{1}, places{1}};
  auto held = all.take(command_of(nullptr, 1000), "10.0.0.1");
  CAF_CHECK(!all.take(command_of(nullptr, 1000), "10.0.0.1"));
  CAF_CHECK(all.take(command_of(nullptr, 1000), "10.0.0.2"));
}
