// SPDX-License-Identifier: MIT
// Runs a target over its corpus, and over the same changed in ways that are the same each time: what ctest can do without
// clang. Usage: replay DIRECTORY [CHANGES]
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "tests/fuzz/fuzz_target.hpp"

namespace {

namespace fs = std::filesystem;

void run(const std::string& input) { LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size()); }

/// One to four small changes, of the kinds that break parsers.
std::string changed(std::string text, const std::vector<std::string>& all, std::minstd_rand& random) {
  auto below = [&](size_t n) { return n == 0 ? 0 : random() % n; };
  for (auto rounds = 1 + below(4); rounds > 0; --rounds) {
    auto at = below(text.size() + 1);
    switch (below(7)) {
    case 0: text.insert(at, 1, static_cast<char>(random())); break;
    case 1: text.erase(at, 1 + below(8)); break;
    case 2: if (at < text.size()) text[at] = static_cast<char>(random()); break;
    case 3: if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << below(8))); break;
    case 4: text.resize(at); break;
    case 5: text.insert(at, text.substr(below(text.size() + 1), below(64))); break;
    default: {
      auto& other = all[below(all.size())];
      text.insert(at, other.substr(below(other.size() + 1), below(64)));
    }
    }
  }
  return text;
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  auto changes = argc > 2 ? std::stoul(argv[2]) : 3000;
  std::vector<fs::path> files;
  for (auto& entry : fs::directory_iterator{argv[1]}) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<std::string> all;
  for (auto& file : files) {
    std::ifstream in{file, std::ios::binary};
    all.emplace_back(std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{});
  }
  if (all.empty()) return 2; // nothing was tested
  for (auto& text : all) run(text);
  std::minstd_rand random{1};
  for (size_t i = 0; i < changes; ++i) run(changed(all[i % all.size()], all, random));
  std::cout << all.size() << " inputs and " << changes << " changed ones\n";
}
