// SPDX-License-Identifier: MIT
#define CAF_SUITE kv_projector_unique

#include "tests/actors/fakes/projector_fixture.hpp"

using namespace tidings;
using result = projected::result;

namespace {

struct unique_fixture : projector_fixture {
  unique_fixture() { start("places"); }

  void create(uint64_t sequence, const std::string& key, json slug) {
    json payload = {{"id", key}, {"name", "Falmouth"}};
    if (!slug.is_null()) payload["slug"] = std::move(slug);
    project_command(sequence, "CreatePlace", std::move(payload));
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(kv_projector_unique_tests, unique_fixture)

CAF_TEST(a unique value is checked before the write) {
  create(10, "p1", "falmouth");
  look_up_gives(10, nullptr);
  CAF_CHECK_EQUAL(times<publish>(10), 0u);
  auto asked = of<look_up>(10);
  CAF_REQUIRE_EQUAL(asked.size(), 2u);
  CAF_REQUIRE_EQUAL(asked[1].unique.size(), 1u);
  CAF_CHECK_EQUAL(asked[1].unique[0].first, "slug");
  CAF_CHECK_EQUAL(text(asked[1].unique[0].second), "falmouth");
  CAF_CHECK_EQUAL(asked[1].key, "p1");
  look_up_gives(10, nullptr, {std::nullopt});
  CAF_CHECK_EQUAL(times<publish>(10), 1u);
}

CAF_TEST(a value that another document has is rejected) {
  create(10, "p1", "falmouth");
  look_up_gives(10, nullptr);
  look_up_gives(10, nullptr, {"p0"});
  CAF_CHECK_EQUAL(times<publish>(10), 0u);
  CAF_CHECK(result_of(10).what == result::rejected);
  CAF_CHECK_EQUAL(result_of(10).reason.code, "not_unique");
  CAF_CHECK(result_of(10).reason.message.find("slug: falmouth") != std::string::npos);
}

CAF_TEST(of two creates with the same value at the same time exactly one wins) {
  CAF_MESSAGE("given two creates of different keys that claim one value");
  create(10, "p1", "falmouth");
  create(11, "p2", "falmouth");
  CAF_MESSAGE("then the second does not even read while the first is under way");
  CAF_CHECK_EQUAL(times<look_up>(11), 0u);
  look_up_gives(10, nullptr);
  look_up_gives(10, nullptr, {std::nullopt});
  written(10, 4);
  CAF_CHECK(result_of(10).what == result::written);
  CAF_CHECK_EQUAL(times<look_up>(11), 0u);
  settle(10);
  CAF_REQUIRE_EQUAL(times<look_up>(11), 1u);
  CAF_MESSAGE("and the read model that it asks has had the first one's entry before");
  CAF_CHECK_EQUAL(got.last<apply_entry>().entry->key, "p1");
  look_up_gives(11, nullptr);
  look_up_gives(11, nullptr, {"p1"});
  CAF_CHECK(result_of(11).what == result::rejected);
  CAF_CHECK_EQUAL(times<publish>(11), 0u);
}

CAF_TEST(creates with other values do not wait for each other) {
  create(10, "p1", "falmouth");
  create(11, "p2", "truro");
  CAF_CHECK_EQUAL(times<look_up>(11), 1u);
}

CAF_TEST(documents without the value are not compared) {
  create(10, "p1", nullptr);
  create(11, "p2", nullptr);
  CAF_CHECK_EQUAL(times<look_up>(11), 1u);
  look_up_gives(10, nullptr);
  CAF_CHECK_EQUAL(times<look_up>(10), 1u);
  CAF_CHECK_EQUAL(times<publish>(10), 1u);
}

CAF_TEST(values that are equal as JSON share a lane however they are written) {
  create(10, "p1", 1);
  create(11, "p2", 1.0);
  CAF_CHECK_EQUAL(times<look_up>(11), 0u);
}

CAF_TEST(a value that is freed while another command waits for it can be taken) {
  CAF_MESSAGE("given a document that changes its value away");
  project_command(10, "ChangePlace", {{"id", "p1"}, {"slug", "truro"}});
  create(11, "p2", "falmouth");
  CAF_CHECK_EQUAL(times<look_up>(11), 1u);
  look_up_gives(11, nullptr);
  look_up_gives(11, nullptr, {std::nullopt});
  CAF_CHECK_EQUAL(times<publish>(11), 1u);
}

CAF_TEST_FIXTURE_SCOPE_END()
