// SPDX-License-Identifier: MIT
// Envelopes from strangers: refused, or the same when they are written and read again.
#include "envelopes/outcome.hpp"
#include "envelopes/requests.hpp"
#include "envelopes/response.hpp"
#include "tests/fuzz/fuzz_target.hpp"

using namespace tidings;

namespace {

template <class Parse>
void round_trip(std::string_view text, Parse parse) {
  auto first = parse(text);
  if (!first) return;
  auto written = to_json(*first);
  auto second = parse(written);
  fuzz::claim(second && to_json(*second) == written, "an envelope is the same after a round trip");
}

} // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto text = fuzz::text_of(data, size);
  round_trip(text, parse_command_request);
  round_trip(text, parse_query_request);
  round_trip(text, parse_outcome);
  parse_response(text);
  return 0;
}
