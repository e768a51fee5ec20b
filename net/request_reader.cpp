// SPDX-License-Identifier: MIT
#include "net/request_reader.hpp"

#include <algorithm>
#include <utility>

#include <boost/beast/http/rfc7230.hpp>

#include "envelopes/errc.hpp"
#include "net/http_syntax.hpp"

namespace tidings::net {

namespace http = boost::beast::http;

namespace {

std::string_view view_of(const boost::beast::flat_buffer& buffer) {
  return {static_cast<const char*>(buffer.cdata().data()), buffer.size()};
}

/// What Beast still refuses after our checks, e.g. an overflow or a chunk extension that is none.
caf::error error_of(boost::beast::error_code ec) {
  if (ec == http::error::body_limit) return make_error(errc::payload_too_large, "The body is too large.");
  return make_error(errc::malformed_request, "The request is not well-formed: " + ec.message() + ".");
}

} // namespace

request_reader::request_reader(head_limits limits) : limits_(limits) {
  on_chunk_ = [this](uint64_t size, boost::beast::string_view extensions, boost::beast::error_code&) {
    chunk_left_ = size;
    extensions_left_ -= std::min(extensions.size(), extensions_left_);
    first_chunk_ = false;
  };
  reset();
}

void request_reader::reset() {
  head_ = {};
  request_ = {};
  parser_.emplace();
  parser_->header_limit(static_cast<uint32_t>(limits_.head_bytes));
  parser_->body_limit(limits_.body_bytes);
  parser_->on_chunk_header(on_chunk_);
  chunk_left_ = 0;
  extensions_left_ = chunk_extension_bytes;
  checked_ = 0;
  progress_ = progress::nothing;
  first_chunk_ = true;
  expect_continue_ = false;
}

size_t request_reader::expected() const {
  if (progress_ != progress::body) return 0;
  return static_cast<size_t>(parser_->content_length_remaining().value_or(limits_.body_bytes));
}

bool request_reader::waits_for_continue() const {
  return progress_ == progress::body && expect_continue_ && parser_->get().body().empty();
}

caf::error request_reader::advance(boost::beast::flat_buffer& in) {
  if (progress_ == progress::nothing && in.size() > 0) progress_ = progress::head;
  if (progress_ == progress::head) {
    if (auto err = read_head(in)) return err;
  }
  if (progress_ == progress::body) return read_body(in);
  return {};
}

caf::error request_reader::read_head(boost::beast::flat_buffer& in) {
  auto bytes = view_of(in);
  // The check begins anew each time, so it waits for a line to end: a peer that sends single bytes stays cheap.
  auto fresh = bytes.substr(std::exchange(checked_, bytes.size()));
  if (fresh.find('\n') == std::string_view::npos && bytes.size() < limits_.head_bytes) return {};
  if (auto err = check_head(bytes, limits_, head_)) return err;
  if (head_.end == 0) return {};
  boost::beast::error_code ec;
  parser_->put(boost::asio::buffer(bytes.substr(head_.begin, head_.end - head_.begin)), ec);
  if (ec) return error_of(ec);
  in.consume(head_.end);
  progress_ = progress::body;
  return take_head();
}

caf::error request_reader::take_head() {
  const auto& message = parser_->get();
  request_.method = message.method_string();
  request_.target = message.target();
  request_.path = head_.path;
  request_.query = request_.target.substr(std::min(request_.target.find('?'), request_.target.size() - 1) + 1);
  // Beast lets HTTP/1.0 stay open when it says both keep-alive and close.
  auto says_close = false;
  for (auto& field : message) {
    std::string_view value = field.value();
    switch (field.name()) {
    case http::field::connection: says_close |= http::token_list{field.value()}.exists("close"); break;
    case http::field::expect:
      if (!equals_lower(value, "100-continue"))
        return make_error(errc::expectation_failed, "The only expectation that can be met is 100-continue.");
      expect_continue_ = !head_.http_1_0;
      break;
    case http::field::content_encoding:
      if (!equals_lower(value, "identity"))
        return make_error(errc::unsupported_media_type, "The body must be sent without a content coding.");
      break;
    default: break;
    }
    auto& name = request_.headers.emplace_back(field.name_string(), value).first;
    std::transform(name.begin(), name.end(), name.begin(), lower);
  }
  request_.keep_alive = parser_->keep_alive() && !says_close;
  return {};
}

caf::error request_reader::read_body(boost::beast::flat_buffer& in) {
  while (!parser_->is_done() && in.size() > 0) {
    auto between_chunks = parser_->chunked() && chunk_left_ == 0;
    if (between_chunks)
      if (auto err = check_chunk_lines(view_of(in), first_chunk_, extensions_left_)) return err;
    boost::beast::error_code ec;
    auto n = parser_->put(in.cdata(), ec);
    in.consume(n);
    if (!between_chunks) chunk_left_ -= std::min<uint64_t>(n, chunk_left_);
    if (ec == http::error::need_more) break;
    if (ec) return error_of(ec);
  }
  if (parser_->is_done()) {
    // Trailer fields, which Beast adds to its message, stay behind.
    request_.body = std::move(parser_->get().body());
    progress_ = progress::complete;
  }
  return {};
}

} // namespace tidings::net
