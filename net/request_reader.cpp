// SPDX-License-Identifier: MIT
#include "net/request_reader.hpp"

#include <algorithm>

namespace tidings::net {

namespace {

// A declared length is only a claim: memory is set aside for the bytes that come.
constexpr size_t trusted_bytes = 16 * 1024;

} // namespace

void request_reader::reset() {
  parser_.reset();
  chunks_ = chunked_body{limits_.body_bytes};
  progress_ = progress::nothing;
}

size_t request_reader::expected() const noexcept {
  if (progress_ != progress::body) return 0;
  auto& head = parser_.head();
  return head.chunked ? limits_.body_bytes : head.content_length - head.request.body.size();
}

caf::error request_reader::advance(read_buffer& in) {
  if (progress_ == progress::nothing && !in.empty()) progress_ = progress::head;
  if (progress_ == progress::head) {
    if (auto err = parser_.parse(in.view())) return err;
    if (!parser_.done()) return {};
    in.consume(parser_.size());
    progress_ = progress::body;
    head().request.body.reserve(std::min(head().content_length, trusted_bytes));
  }
  if (progress_ == progress::body) return read_body(in);
  return {};
}

caf::error request_reader::read_body(read_buffer& in) {
  auto& body = head().request.body;
  if (head().chunked) {
    auto used = chunks_.feed(in.view(), body);
    if (!used) return std::move(used.error());
    in.consume(*used);
    if (chunks_.done()) progress_ = progress::complete;
  } else {
    auto n = std::min(head().content_length - body.size(), in.size());
    body.append(in.view().substr(0, n));
    in.consume(n);
    if (body.size() == head().content_length) progress_ = progress::complete;
  }
  return {};
}

} // namespace tidings::net
