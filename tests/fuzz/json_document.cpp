// SPDX-License-Identifier: MIT
// What is read can be written and read again, and is the same. What is looked at without being read is the same, too.
#include "envelopes/json.hpp"
#include "envelopes/json_slice.hpp"
#include "tests/fuzz/fuzz_target.hpp"

using namespace tidings;

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto text = fuzz::text_of(data, size);
  auto valid = is_json(text);
  bool pure = text.find('\0') == std::string_view::npos && !text.starts_with("\xef\xbb\xbf"); // the library does not mind these
  fuzz::claim(valid == (pure && json::accept(text)), "valid is what the library calls valid");
  if (valid) fuzz::claim(json_slice{text}.value() == json::parse(text), "a value says what the library reads");
  auto first = parse_json(text);
  if (!first) return 0;
  if (first->is_object())
    for (auto& [name, value] : first->items()) {
      auto found = json_slice{text}.member(name);
      fuzz::claim(found && found->value() == value, "a member is found where the library finds it");
    }
  auto written = dump(*first);
  auto second = parse_json(written);
  fuzz::claim(static_cast<bool>(second), "what was written can be read");
  fuzz::claim(dump(*second) == written, "it is the same");
  return 0;
}
