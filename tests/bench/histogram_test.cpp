// SPDX-License-Identifier: MIT
#define CAF_SUITE histogram

#include "bench/histogram.hpp"

#include <memory>

#include <caf/test/dsl.hpp>

using namespace tidings;
using namespace tidings::bench;
using namespace std::chrono_literals;

CAF_TEST(an empty histogram has no percentiles) {
  auto h = std::make_unique<histogram>();
  CAF_CHECK_EQUAL(h->count(), 0u);
  CAF_CHECK_EQUAL(h->percentile_us(0.99), 0.0);
}

CAF_TEST(every percentile is at most half a percent above the true one and never below) {
  auto h = std::make_unique<histogram>();
  constexpr int count = 100'000;
  for (int i = 1; i <= count; ++i)
    h->record(i * 1us);
  for (double q : {0.001, 0.01, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    auto truth = q * count;
    CAF_MESSAGE("percentile " << q);
    CAF_CHECK(h->percentile_us(q) >= truth);
    CAF_CHECK(h->percentile_us(q) <= truth * 1.005);
  }
}

CAF_TEST(nanoseconds are exact where buckets are single values) {
  auto h = std::make_unique<histogram>();
  for (int i = 0; i < 100; ++i)
    h->record(i * 1ns);
  CAF_CHECK_EQUAL(h->percentile_us(0.5), 0.049);
}

CAF_TEST(one outlier among a thousand is the maximum and not the 99th percentile) {
  auto h = std::make_unique<histogram>();
  for (int i = 0; i < 999; ++i)
    h->record(1ms);
  h->record(2s);
  auto summary = h->summary();
  CAF_CHECK(summary["p99_us"].get<double>() < 1005);
  CAF_CHECK_EQUAL(summary["max_us"].get<double>(), 2'000'000.0);
  CAF_CHECK_EQUAL(summary["count"].get<int>(), 1000);
}

CAF_TEST(what is longer than the range counts as its end) {
  auto h = std::make_unique<histogram>();
  h->record(100h);
  h->record(-1s);
  CAF_CHECK_EQUAL(h->count(), 2u);
  CAF_CHECK(h->percentile_us(1) > 1e9);
}
