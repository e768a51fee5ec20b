// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/http_connection.hpp"
#include "net/sse_parser.hpp"

namespace tidings {

/// A connection whose peer reads everything at once; what was written is there to look at.
class recorded_stream : public net::http_connection {
public:
  std::vector<net::http_response> responses;
  std::vector<net::http_response> heads;
  std::string text;
  std::vector<std::pair<std::string_view, std::string>> decoration;
  std::optional<std::chrono::steady_clock::time_point> end;
  bool finished = false;
  bool aborted = false;

  void start() override {}
  void respond(net::http_response x) override { responses.push_back(std::move(x)); }
  void start_stream(net::http_response x) override { heads.push_back(std::move(x)); }
  bool write_stream(std::shared_ptr<const std::string> chunk) override {
    text += *chunk;
    return true;
  }
  void decorate(std::vector<std::pair<std::string_view, std::string>> x) override { decoration = std::move(x); }
  void finish_stream() override { finished = true; }
  void end_stream_at(std::chrono::steady_clock::time_point x) override { end = x; }
  void drain() override {}
  void abort() override { aborted = true; }
  void check_deadlines(std::chrono::steady_clock::time_point) override {}

  std::vector<net::sse_message> events() const {
    std::vector<net::sse_message> result;
    net::sse_parser parser{[&](const net::sse_message& x) { result.push_back(x); }};
    parser.feed(text);
    return result;
  }
};

} // namespace tidings
