// SPDX-License-Identifier: MIT
// A model file is read, or refused with a sentence that names it.
#include "envelopes/errc.hpp"
#include "model/model.hpp"
#include "tests/fuzz/fuzz_target.hpp"

using namespace tidings;

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto model = load_model(fuzz::text_of(data, size), "file.json");
  if (!model) fuzz::claim(failure_of(model.error()).detail.starts_with("file.json: "), "the refusal names the file");
  return 0;
}
