// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include "envelopes/errc.hpp"
#include "net/request_reader.hpp"

namespace tidings::net::testing {

/// Gives bytes to a request_reader as a connection does.
class request_fixture {
public:
  head_limits limits;
  std::optional<request_reader> reader;
  boost::beast::flat_buffer in;

  /// Reads `raw`, `step` bytes at a time.
  /// @returns the status that answers it; 200 if it is a request, or begins one with a whole head, and 100 without.
  int status(std::string_view raw, size_t step = std::string_view::npos) {
    using progress = request_reader::progress;
    reader.emplace(limits);
    in.clear();
    while (!raw.empty() && reader->reached() != progress::complete) {
      feed(raw.substr(0, step));
      raw.remove_prefix(std::min(step, raw.size()));
      if (auto err = reader->advance(in)) return http_status_of(code_of(err));
    }
    return reader->reached() < progress::body ? 100 : 200;
  }

  void feed(std::string_view bytes) {
    in.commit(boost::asio::buffer_copy(in.prepare(bytes.size()), boost::asio::buffer(bytes)));
  }

  /// What the reader has not taken.
  std::string_view left() const { return {static_cast<const char*>(in.cdata().data()), in.size()}; }
};

} // namespace tidings::net::testing
