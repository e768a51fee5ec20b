// SPDX-License-Identifier: MIT
#define CAF_SUITE metrics

#include "actors/metrics.hpp"
#include "actors/metrics_page.hpp"
#include "tests/actors/fakes/models.hpp"

#include <caf/test/unit_test.hpp>

using namespace tidings;
using namespace std::chrono_literals;

namespace {

struct page_fixture {
  metrics x{*sample_catalog()};

  /// Whether the page has this line.
  bool says(const std::string& line) const {
    auto text = '\n' + render_metrics(x);
    return text.find('\n' + line + '\n') != std::string::npos;
  }

  /// How many series a metric has.
  size_t series(const std::string& name) const {
    auto text = '\n' + render_metrics(x);
    size_t count = 0;
    for (size_t i = 0; (i = text.find('\n' + name + '{', i)) != std::string::npos; ++i) ++count;
    return count;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(metrics_tests, page_fixture)

CAF_TEST(a duration falls into the first bucket that has room for it) {
  x.accepted.observe(0ns);
  x.accepted.observe(250us);
  x.accepted.observe(251us);
  x.accepted.observe(30s);
  x.accepted.observe(31s);
  auto& counts = x.accepted.counts();
  CAF_CHECK_EQUAL(counts[0], 2u);
  CAF_CHECK_EQUAL(counts[1], 1u);
  CAF_CHECK_EQUAL(counts[15], 1u);
  CAF_CHECK_EQUAL(counts[16], 1u);
}

CAF_TEST(buckets on the page are cumulated and end with all) {
  x.handled.observe(300us);
  x.handled.observe(2s);
  x.handled.observe(1h);
  CAF_CHECK(says(R"(tidings_command_stage_seconds_bucket{stage="handled",le="0.00025"} 0)"));
  CAF_CHECK(says(R"(tidings_command_stage_seconds_bucket{stage="handled",le="0.0005"} 1)"));
  CAF_CHECK(says(R"(tidings_command_stage_seconds_bucket{stage="handled",le="30"} 2)"));
  CAF_CHECK(says(R"(tidings_command_stage_seconds_bucket{stage="handled",le="+Inf"} 3)"));
  CAF_CHECK(says(R"(tidings_command_stage_seconds_count{stage="handled"} 3)"));
  CAF_CHECK(says(R"(tidings_command_stage_seconds_count{stage="notified"} 0)"));
}

CAF_TEST(commands are counted by type and outcome) {
  x.ended("PutNote", command_end::completed);
  x.ended("PutNote", command_end::completed);
  x.ended("TearNote", command_end::rejected);
  x.replied("PutNote", command_reply::pending);
  CAF_CHECK(says(R"(tidings_commands_total{type="PutNote",outcome="completed"} 2)"));
  CAF_CHECK(says(R"(tidings_commands_total{type="TearNote",outcome="rejected"} 1)"));
  CAF_CHECK(says(R"(tidings_commands_total{type="PutNote",outcome="dead_lettered"} 0)"));
  CAF_CHECK(says(R"(tidings_command_replies_total{type="PutNote",reply="pending"} 1)"));
}

CAF_TEST(a million types that nobody declares make no label) {
  auto before = series("tidings_commands_total");
  for (size_t i = 0; i < 1'000'000; ++i) {
    auto type = "Type" + std::to_string(i);
    x.ended(type, command_end::dead_lettered);
    x.replied(type, command_reply::refused);
  }
  CAF_CHECK_EQUAL(series("tidings_commands_total"), before);
  CAF_CHECK(says(R"(tidings_commands_total{type="other",outcome="dead_lettered"} 1e+06)")
            || says(R"(tidings_commands_total{type="other",outcome="dead_lettered"} 1000000)"));
}

CAF_TEST(short names of types are still found when there are many) {
  // A name of up to 15 characters lives inside its string object.
  metrics one{*sample_catalog()};
  for (auto& type : one.types()) one.replied(type, command_reply::failed);
  for (auto& counts : one.replies()) CAF_CHECK_EQUAL(counts[static_cast<size_t>(command_reply::failed)], 1u);
}

CAF_TEST(responses are counted by route and class of status whatever the status) {
  for (uint16_t status = 0; status < 1000; ++status) x.answered(route_class::query, status);
  CAF_CHECK(says(R"(tidings_http_responses_total{route="query",status="2xx"} 100)"));
  CAF_CHECK(says(R"(tidings_http_responses_total{route="query",status="4xx"} 100)"));
  CAF_CHECK(says(R"(tidings_http_responses_total{route="other",status="4xx"} 0)"));
}

CAF_TEST(how far behind the reactor is says only who consumes) {
  x.behind[0] = 3;
  x.behind[15] = 4;
  CAF_CHECK(!says("tidings_reactor_behind 7"));
  x.consuming = 2;
  CAF_CHECK(says("tidings_reactor_behind 7"));
}

CAF_TEST(streams are there once they were looked at) {
  CAF_CHECK_EQUAL(series("tidings_stream_messages"), 0u);
  x.stored["DEAD_LETTERS"] = {3, 512};
  CAF_CHECK(says(R"(tidings_stream_messages{stream="DEAD_LETTERS"} 3)"));
  CAF_CHECK(says(R"(tidings_stream_bytes{stream="DEAD_LETTERS"} 512)"));
}

CAF_TEST_FIXTURE_SCOPE_END()
