// SPDX-License-Identifier: MIT
#define CAF_SUITE connection_places

#include "actors/connection_places.hpp"

#include <thread>
#include <vector>

#include <caf/test/unit_test.hpp>

using namespace tidings;

CAF_TEST(there are no more places than there are) {
  auto all = std::make_shared<connection_places>(2);
  auto a = all->take("one");
  auto b = all->take("two");
  CAF_CHECK(a && b);
  CAF_CHECK(!all->take("three"));
  CAF_CHECK_EQUAL(all->taken(), 2u);
  a.reset();
  CAF_CHECK(all->take("three"));
}

CAF_TEST(one peer gets no more than its own and the others lose nothing by it) {
  auto all = std::make_shared<connection_places>(3, 1);
  auto a = all->take("one");
  CAF_CHECK(!all->take("one"));
  CAF_CHECK_EQUAL(all->taken(), 1u);
  auto b = all->take("two");
  auto c = all->take("three");
  CAF_CHECK(b && c);
  a.reset();
  CAF_CHECK(all->take("one"));
}

CAF_TEST(a place outlives its owner) {
  auto all = std::make_shared<connection_places>(1, 1);
  auto place = all->take("one");
  all.reset();
  place.reset();
}

CAF_TEST(threads together never hold more than there are and leave none behind) {
  auto all = std::make_shared<connection_places>(3, 2);
  std::atomic<int> held = 0, most = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, peer = std::to_string(i % 2)] {
      for (int n = 0; n < 20'000; ++n) {
        auto place = all->take(peer);
        if (!place) continue;
        auto now = ++held;
        for (auto seen = most.load(); now > seen && !most.compare_exchange_weak(seen, now);) {}
        --held;
      }
    });
  for (auto& thread : threads) thread.join();
  CAF_CHECK(most.load() >= 1);
  CAF_CHECK(most.load() <= 3);
  CAF_CHECK_EQUAL(all->taken(), 0u);
}
