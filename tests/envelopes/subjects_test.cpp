// SPDX-License-Identifier: MIT
#define CAF_SUITE subjects

#include "envelopes/subjects.hpp"

#include <map>

#include <caf/all.hpp>

#include "envelopes/ids.hpp"

#include <caf/test/dsl.hpp>

using namespace tidings;

namespace {

token tok(std::string_view text) { return *token::admit(text, "text"); }

} // namespace

CAF_TEST(subjects have the shapes of the design) {
  CAF_CHECK_EQUAL(subjects::command_bus(tok("CreateUser")), "commands.CreateUser");
  CAF_CHECK_EQUAL(subjects::query_bus(tok("GetUser")), "queries.GetUser");
  CAF_CHECK_EQUAL(subjects::command_log(7, tok("CreateUser"), tok("cmd-1")), "commands.7.CreateUser.cmd-1");
  CAF_CHECK_EQUAL(subjects::notification(tok("public"), tok("cmd-1")), "notifications.public.cmd-1");
  CAF_CHECK_EQUAL(subjects::progress(tok("s-1"), tok("cmd-1")), "progress.s-1.cmd-1");
  CAF_CHECK_EQUAL(subjects::dead_letter(tok("CreateUser"), tok("cmd-1")), "dead.CreateUser.cmd-1");
  CAF_CHECK_EQUAL(subjects::kv(tok("users"), tok("42")), "$KV.users.42");
}

CAF_TEST(no stream filter of ours captures a bus subject) {
  CAF_CHECK(!subjects::overlaps(subjects::command_log_filter, "commands.*"));
  CAF_CHECK(!subjects::overlaps(subjects::command_log_filter, "queries.*"));
  CAF_CHECK(subjects::overlaps(subjects::command_log_filter, "commands.7.CreateUser.cmd-1"));
  CAF_CHECK(subjects::overlaps(subjects::notification_filter, "notifications.public.cmd-1"));
  CAF_CHECK(subjects::overlaps(subjects::dead_letter_filter, "dead.CreateUser.cmd-1"));
}

CAF_TEST(patterns overlap when some subject matches both) {
  CAF_CHECK(subjects::overlaps("commands.>", "commands.*"));
  CAF_CHECK(subjects::overlaps(">", "commands.*"));
  CAF_CHECK(subjects::overlaps("*.*", "commands.*"));
  CAF_CHECK(subjects::overlaps("a.*.c", "a.b.*"));
  CAF_CHECK(subjects::overlaps("a.>", "*.b"));
  CAF_CHECK(subjects::overlaps("a.b", "a.b"));
}

CAF_TEST(patterns do not overlap when lengths or words differ) {
  CAF_CHECK(!subjects::overlaps("commands.>", "commands"));
  CAF_CHECK(!subjects::overlaps("commands", "commands.>"));
  CAF_CHECK(!subjects::overlaps("*", "commands.*"));
  CAF_CHECK(!subjects::overlaps("a.b.c", "a.b"));
  CAF_CHECK(!subjects::overlaps("a.b", "a.c"));
  CAF_CHECK(!subjects::overlaps("command.*", "commands.*"));
}

CAF_TEST(tokens are taken by their index) {
  CAF_CHECK_EQUAL(subjects::token_at("a.bc.d", 0), "a");
  CAF_CHECK_EQUAL(subjects::token_at("a.bc.d", 1), "bc");
  CAF_CHECK_EQUAL(subjects::token_at("a.bc.d", 2), "d");
  CAF_CHECK_EQUAL(subjects::token_at("a.bc.d", 3), "");
  CAF_CHECK_EQUAL(subjects::token_at("", 0), "");
}

CAF_TEST(a key always has the same partition) {
  // FNV-1a, 64 bits, of "a" is 0xaf63dc4c8601ec8c.
  CAF_CHECK_EQUAL(subjects::partition_of("a"), 0x8c % 16u);
  CAF_CHECK_EQUAL(subjects::partition_of("user-42"), subjects::partition_of("user-42"));
}

CAF_TEST(random ids spread over all partitions) {
  std::map<uint32_t, int> counts;
  for (int i = 0; i < 16'000; ++i)
    ++counts[subjects::partition_of(make_command_id())];
  CAF_CHECK_EQUAL(counts.size(), subjects::partitions);
  for (auto [partition, count] : counts) {
    CAF_CHECK_LESS(partition, subjects::partitions);
    CAF_CHECK_GREATER(count, 700);
    CAF_CHECK_LESS(count, 1'300);
  }
}

CAF_TEST(numbered keys reach every partition) {
  std::map<uint32_t, int> counts;
  for (int i = 0; i < 1'600; ++i)
    ++counts[subjects::partition_of("user-" + std::to_string(i))];
  CAF_CHECK_EQUAL(counts.size(), subjects::partitions);
}
