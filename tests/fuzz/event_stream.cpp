// SPDX-License-Identifier: MIT
// One event goes out as one event, whatever its data is; and reading any stream ends.
#include <string>

#include "net/sse.hpp"
#include "net/sse_parser.hpp"
#include "tests/fuzz/fuzz_target.hpp"

using namespace tidings;

namespace {

/// CR, LF and CR LF all end a line; a reader gets LF.
std::string with_lf(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    out += text[i] == '\r' ? '\n' : text[i];
  }
  return out;
}

} // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto text = fuzz::text_of(data, size);
  size_t count = 0;
  std::string got;
  net::sse_parser parser{[&](const net::sse_message& x) {
    ++count;
    got = x.data;
    fuzz::claim(x.id == "7" && x.event == "completed", "id and event are ours");
  }};
  parser.feed(net::sse_event("7", "completed", text));
  fuzz::claim(count == 1 && got == with_lf(text), "one event with this data");
  net::sse_parser{[](const net::sse_message&) {}}.feed(text);
  return 0;
}
