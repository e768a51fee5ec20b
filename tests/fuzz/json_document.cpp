// SPDX-License-Identifier: MIT
// What is read can be written and read again, and is the same.
#include "envelopes/json.hpp"
#include "tests/fuzz/fuzz_target.hpp"

using namespace tidings;

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto first = parse_json(fuzz::text_of(data, size));
  if (!first) return 0;
  auto written = dump(*first);
  auto second = parse_json(written);
  fuzz::claim(static_cast<bool>(second), "what was written can be read");
  fuzz::claim(dump(*second) == written, "it is the same");
  return 0;
}
