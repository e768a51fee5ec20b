// SPDX-License-Identifier: MIT
#define CAF_SUITE markers

#include "bench/load/markers.hpp"

#include <vector>

#include <caf/test/dsl.hpp>

using namespace tidings::bench;

CAF_TEST(numbers and keys are filled in and other braces stay) {
  CAF_CHECK_EQUAL(fill_in(R"({"id":"{k}","name":"n-{n}"})", 12'034), R"({"id":"doc-0000034","name":"n-12034"})");
  CAF_CHECK_EQUAL(fill_in("{}{n", 1), "{}{n");
  CAF_CHECK_EQUAL(fill_in("{n}{n}", 7), "77");
}

CAF_TEST(a marker is found however the stream is cut) {
  const std::string text = R"(data: {"name":"n-17","x":1})"
                           "\n\n"
                           R"(data: {"name":"n-4","name":"other"})"
                           "\n\n";
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    marker_finder finder;
    std::vector<uint64_t> found;
    auto take = [&](uint64_t number) { found.push_back(number); };
    finder.feed(text.substr(0, cut), take);
    finder.feed(text.substr(cut), take);
    CAF_CHECK_EQUAL(found, (std::vector<uint64_t>{17, 4}));
  }
}

CAF_TEST(byte by byte works too) {
  marker_finder finder;
  std::vector<uint64_t> found;
  for (char c : std::string{R"("name":"n-123456")"})
    finder.feed({&c, 1}, [&](uint64_t number) { found.push_back(number); });
  CAF_CHECK_EQUAL(found, std::vector<uint64_t>{123'456});
}
