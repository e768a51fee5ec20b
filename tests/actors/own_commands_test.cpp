// SPDX-License-Identifier: MIT
#define CAF_SUITE own_commands

#include "actors/own_commands.hpp"

#include "tests/actors/fakes/commands.hpp"

#include <caf/test/dsl.hpp>

using namespace tidings;

namespace {

struct own_fixture {
  catalog_ptr models = sample_catalog();
  own_commands own{{3, 100}};

  void keep(uint64_t sequence, std::string data = "data") {
    auto id = "cmd-" + std::to_string(sequence);
    own.keep(sequence, std::make_unique<stored_command>(*stored(models, "PutNote", id, {{"id", "n1"}}, 0)),
             std::make_shared<const outgoing_message>(outgoing_message{{}, {}, std::move(data)}));
  }

  bool has(uint64_t sequence) {
    auto found = own.take(sequence, "data");
    return found && found->request.command_id == "cmd-" + std::to_string(sequence);
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(own_commands_tests, own_fixture)

CAF_TEST(a command is taken once by the sequence it was stored under) {
  keep(7);
  CAF_CHECK(!has(6));
  CAF_CHECK(has(7));
  CAF_CHECK(!has(7));
}

CAF_TEST(other bytes under the same sequence are another command) {
  keep(7);
  CAF_CHECK(own.take(7, "date") == nullptr);
  CAF_MESSAGE("and what was compared is not compared again");
  CAF_CHECK(!has(7));
}

CAF_TEST(the oldest make room for the newest) {
  for (uint64_t i = 1; i <= 4; ++i) keep(i);
  CAF_CHECK_EQUAL(own.size(), 3u);
  CAF_CHECK(!has(1));
  CAF_CHECK(has(2) && has(3) && has(4));
}

CAF_TEST(what is large makes room too and may find none for itself) {
  keep(1);
  keep(2, std::string(99, 'x'));
  CAF_CHECK(!has(1));
  CAF_CHECK_EQUAL(own.size(), 1u);
  keep(3, std::string(101, 'x'));
  CAF_CHECK_EQUAL(own.size(), 0u);
}

CAF_TEST(what was taken takes no room) {
  for (uint64_t i = 1; i <= 100; ++i) {
    keep(i);
    CAF_CHECK(has(i));
  }
  keep(101), keep(102), keep(103);
  CAF_CHECK(has(101) && has(102) && has(103));
}

CAF_TEST(the same sequence of another stream replaces the first) {
  keep(7, "of the stream before");
  keep(7);
  CAF_CHECK(has(7));
}

CAF_TEST_FIXTURE_SCOPE_END()
