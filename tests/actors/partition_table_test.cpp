// SPDX-License-Identifier: MIT
#define CAF_SUITE partition_table

#include "actors/partition_table.hpp"

#include <map>

#include <caf/test/dsl.hpp>

#include "envelopes/json.hpp"

using namespace tidings;

namespace {

partition_table of(std::initializer_list<const char*> members) {
  partition_table x;
  for (auto* member : members) x.members.emplace(member, 1);
  return x;
}

} // namespace

CAF_TEST(a table is read as it was written) {
  auto x = of({"a-0", "b-0"});
  x.members["b-0"] = 18'000'000'000'000'000'000u;
  x.owners[0] = "a-0";
  x.owners[15] = "b-0";
  x.settled.note(subjects::partitions, 18'000'000'000'000'000'000u, 7);
  x.settled.note(2, 18'000'000'000'000'000'000u, 9);
  auto again = partition_table::parse(x.render());
  CAF_REQUIRE(again.has_value());
  CAF_CHECK(*again == x);
}

CAF_TEST(what is no table is told from an empty one) {
  CAF_CHECK(partition_table::parse(partition_table{}.render()).has_value());
  for (auto* wrong : {"", "7", "{}", "somebody", R"({"members":{},"owners":[]})", R"({"members":{"a":-1},"owners":[null,null,null,null,null,null,null,null,null,null,null,null,null,null,null,null]})",
                      R"({"members":{},"owners":["a",null,null,null,null,null,null,null,null,null,null,null,null,null,null,null]})",
                      R"({"members":{"a":1},"owners":[7,null,null,null,null,null,null,null,null,null,null,null,null,null,null,null]})"}) {
    CAF_MESSAGE(wrong);
    CAF_CHECK(!partition_table::parse(wrong).has_value());
  }
  for (auto& [key, value] : std::map<std::string, json>{{"incarnation", -1}, {"incarnation", nullptr}, {"settled", {1, 2}}, {"settled", nullptr}, {"settled", json::array_t(16, "1")}}) {
    auto body = json::parse(partition_table{}.render());
    body[key] = value;
    CAF_MESSAGE(body.dump());
    CAF_CHECK(!partition_table::parse(body.dump()).has_value());
  }
}

CAF_TEST(the shares of any number of members are all partitions and differ by one at most) {
  partition_table x;
  for (int count = 1; count <= 20; ++count) {
    x.members.emplace("m" + std::to_string(count * 7919), 1);
    uint32_t sum = 0, least = subjects::partitions, most = 0;
    for (auto& [member, beat] : x.members) {
      auto share = x.share_of(member);
      sum += share;
      least = std::min(least, share);
      most = std::max(most, share);
    }
    CAF_CHECK_EQUAL(sum, subjects::partitions);
    CAF_CHECK(most - least <= 1);
  }
  CAF_CHECK_EQUAL(x.share_of("nobody"), 0u);
}

CAF_TEST(a stream is consumed as a whole or by partitions) {
  auto x = of({"a"});
  CAF_CHECK(x.is_free());
  x.whole = "a";
  CAF_CHECK(!x.is_free());
  CAF_CHECK_EQUAL(x.owned_by("a"), 0u);
  CAF_CHECK(*partition_table::parse(x.render()) == x);
  x.owners[3] = "a";
  CAF_CHECK(!partition_table::parse(x.render()).has_value());
  x.remove("a");
  CAF_CHECK(x == partition_table{});
}

CAF_TEST(a member that is removed leaves its partitions to others) {
  auto x = of({"a", "b"});
  x.owners[1] = "a";
  x.owners[2] = "b";
  x.remove("a");
  CAF_CHECK(!x.members.contains("a"));
  CAF_CHECK_EQUAL(x.owned_by("a"), 0u);
  CAF_CHECK_EQUAL(x.owners[1], "");
  CAF_CHECK_EQUAL(x.owned_by("b"), 1u);
}
