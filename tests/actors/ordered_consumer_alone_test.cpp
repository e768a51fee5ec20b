// SPDX-License-Identifier: MIT
// Messages that this process stored itself, and streams in which nobody else writes.
#define CAF_SUITE ordered_consumer_alone

#include "tests/actors/fakes/ordered_consumer_fixture.hpp"

using namespace tidings;
using namespace std::chrono_literals;

namespace {

struct alone_fixture : ordered_consumer_fixture {
  uint64_t stored = 0;

  alone_fixture() {
    start(1);
    created();
    tick();
  }

  bool own(uint64_t sequence) {
    stored = sequence;
    bool result = consumer->take_own(sequence, now());
    consume_messages();
    return result;
  }

  void store(uint64_t count) {
    for (; count > 0; --count) own(stored + 1);
  }

  /// As many as make deliveries superfluous.
  void be_alone() {
    store(200);
    advance_time(1s);
    tick();
  }

  int64_t next_tick() const { return std::chrono::duration_cast<milliseconds>(consumer->next_tick()).count(); }

  bool subscribed() const { return got.last<unsubscribe>().tag != got.last<subscribe>().tag; }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(ordered_consumer_alone_tests, alone_fixture)

CAF_TEST(an own message that is next in order is taken and not passed on when it is delivered) {
  CAF_CHECK(own(1));
  CAF_CHECK(own(2));
  CAF_CHECK_EQUAL(consumer->last_sequence(), 2u);
  receive({at(1, 1), at(2, 2), at(3, 3)});
  CAF_CHECK((taken == std::vector<uint64_t>{3}));
  CAF_CHECK_EQUAL(consumers(), 1u);
}

CAF_TEST(an own message behind one of somebody else waits for its delivery) {
  CAF_CHECK(!own(2));
  CAF_CHECK_EQUAL(consumer->last_sequence(), 0u);
  receive({at(1, 1), at(2, 2)});
  CAF_CHECK((taken == std::vector<uint64_t>{1, 2}));
  CAF_MESSAGE("and one that was delivered before we heard of it is taken once");
  receive({at(3, 3)});
  CAF_CHECK(!own(3));
  CAF_CHECK((taken == std::vector<uint64_t>{1, 2, 3}));
}

CAF_TEST(whoever writes seldom has everything delivered) {
  store(199);
  advance_time(1s);
  tick();
  CAF_CHECK(subscribed());
  CAF_CHECK_EQUAL(next_tick(), 1000);
}

CAF_TEST(whoever writes often and alone has nothing delivered) {
  be_alone();
  CAF_CHECK(!subscribed());
  CAF_CHECK(consumer->caught_up());
  CAF_CHECK_EQUAL(next_tick(), 100);
  CAF_MESSAGE("for as long as that is so, and silence is nothing to be noticed");
  for (int i = 0; i < 100; ++i) {
    store(10);
    advance_time(100ms);
    tick();
  }
  CAF_CHECK_EQUAL(consumers(), 1u);
  CAF_CHECK_EQUAL(consumer->last_sequence(), 1200u);
}

CAF_TEST(what was on its way when deliveries ended is not taken) {
  auto old = got.last<subscribe>().tag;
  be_alone();
  receive_tagged(old, {at(201, 201)});
  CAF_CHECK(taken.empty());
}

CAF_TEST(deliveries go on when there is not much to write any more) {
  be_alone();
  store(9);
  advance_time(100ms);
  tick();
  CAF_CHECK(subscribed());
  CAF_CHECK_EQUAL(start_position(), "210");
  CAF_MESSAGE("nothing was missed, so nobody need be told that we are behind");
  CAF_CHECK(consumer->caught_up());
  created();
  receive({at(210, 1)});
  CAF_CHECK((taken == std::vector<uint64_t>{210}));
}

CAF_TEST(deliveries go on at once behind the last message when somebody else has written) {
  be_alone();
  stored = 201;
  CAF_CHECK(!own(202));
  CAF_CHECK_EQUAL(consumers(), 2u);
  CAF_CHECK_EQUAL(start_position(), "201");
  created();
  receive({at(201, 1), at(202, 2)});
  CAF_CHECK((taken == std::vector<uint64_t>{201, 202}));
  CAF_MESSAGE("and for a while, since they may write again");
  for (int second = 0; second < 29; ++second) {
    receive({incoming::heartbeat(2)});
    be_alone();
  }
  CAF_CHECK(subscribed());
  be_alone();
  CAF_CHECK(!subscribed());
}

CAF_TEST(a stream that was made anew is found out by following it) {
  be_alone();
  for (uint64_t i = 1; i <= 100; ++i) CAF_CHECK(!own(i));
  CAF_CHECK_EQUAL(consumers(), 1u);
  advance_time(100ms);
  tick();
  CAF_CHECK_EQUAL(consumers(), 2u);
}

CAF_TEST(after a reconnect deliveries go on behind the last own message) {
  be_alone();
  consumer->pause();
  CAF_CHECK(!consumer->caught_up());
  consumer->resume(now());
  consume_messages();
  CAF_CHECK_EQUAL(start_position(), "201");
  CAF_CHECK_EQUAL(next_tick(), 1000);
}

CAF_TEST(nobody is alone before everything is here) {
  start(1);
  created(5);
  tick();
  store(300);
  advance_time(1s);
  tick();
  CAF_CHECK_EQUAL(next_tick(), 1000);
}

CAF_TEST_FIXTURE_SCOPE_END()
