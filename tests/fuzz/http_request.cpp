// SPDX-License-Identifier: MIT
// Whole or in two pieces, the same bytes are the same requests, or refused.
#include <string>
#include <vector>

#include "net/request_reader.hpp"
#include "tests/fuzz/fuzz_target.hpp"

using namespace tidings;

namespace {

std::vector<std::string> requests_of(std::string_view first, std::string_view second) {
  std::vector<std::string> found;
  net::request_reader reader{{}};
  boost::beast::flat_buffer buffer;
  for (auto piece : {first, second}) {
    if (piece.empty()) continue;
    auto space = buffer.prepare(piece.size());
    boost::asio::buffer_copy(space, boost::asio::buffer(piece));
    buffer.commit(piece.size());
    for (;;) {
      if (reader.advance(buffer)) {
        found.emplace_back("refused");
        return found;
      }
      if (reader.reached() != net::request_reader::progress::complete) break;
      auto& x = reader.request();
      found.push_back(x.method + ' ' + x.target + ' ' + x.path + '\n' + x.body);
      for (auto& [name, value] : x.headers) found.back() += '\n' + name + ':' + value;
      reader.reset();
    }
  }
  return found;
}

} // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto text = fuzz::text_of(data, size);
  auto whole = requests_of(text, {});
  auto cut = size == 0 ? 0 : (text.front() * 131u + size * 7u) % size;
  fuzz::claim(requests_of(text.substr(0, cut), text.substr(cut)) == whole, "pieces mean the same as the whole");
  return 0;
}
