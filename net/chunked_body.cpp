// SPDX-License-Identifier: MIT
#include "net/chunked_body.hpp"

#include <algorithm>

#include "envelopes/errc.hpp"
#include "net/http_syntax.hpp"

namespace tidings::net {

namespace {

caf::error malformed(const char* why) { return make_error(errc::malformed_request, why); }

} // namespace

caf::expected<size_t> chunked_body::feed(std::string_view input, std::string& body) {
  size_t used = 0;
  while (used < input.size() && !done()) {
    if (state_ == state::data) {
      auto n = static_cast<size_t>(std::min<uint64_t>(chunk_, input.size() - used));
      body.append(input.substr(used, n));
      used += n;
      chunk_ -= n;
      if (chunk_ == 0) state_ = state::data_cr;
    } else if (auto err = step(input[used++])) {
      return err;
    }
  }
  return used;
}

caf::error chunked_body::step(char c) {
  switch (state_) {
  case state::size_start:
  case state::size:
    if (auto digit = hex_value(c); digit >= 0) {
      // 16 digits fill 64 bits; more, even zeros, have no use.
      if (++digits_ > 16) return malformed("A chunk size is too long.");
      chunk_ = chunk_ * 16 + static_cast<uint64_t>(digit);
      state_ = state::size;
      return {};
    }
    if (state_ == state::size_start || (c != '\r' && c != ';')) return malformed("A chunk size is not hexadecimal.");
    if (chunk_ > left_) return make_error(errc::payload_too_large, "The body is too large.");
    left_ -= static_cast<size_t>(chunk_);
    state_ = c == ';' ? state::extension : state::size_lf;
    return {};
  case state::extension:
    if (c == '\r') {
      state_ = state::size_lf;
      return {};
    }
    if (!is_in(value_chars, c)) return malformed("A chunk extension has a control character.");
    if (++extensions_ > extension_bytes) return malformed("The chunk extensions are too long.");
    return {};
  case state::size_lf:
    if (c != '\n') return malformed("A chunk size must end with CR LF.");
    digits_ = 0;
    state_ = chunk_ == 0 ? state::trailer_start : state::data;
    return {};
  case state::data_cr:
    if (c != '\r') return malformed("A chunk is longer than its size.");
    state_ = state::data_lf;
    return {};
  case state::data_lf:
    if (c != '\n') return malformed("A chunk must end with CR LF.");
    state_ = state::size_start;
    return {};
  case state::trailer_start:
    if (c == '\r') {
      state_ = state::last_lf;
      return {};
    }
    [[fallthrough]];
  case state::trailer_name:
    if (++trailers_ > trailer_bytes) return make_error(errc::head_too_large, "The trailer fields are too long.");
    if (c == ':' && state_ == state::trailer_name) {
      state_ = state::trailer_value;
      return {};
    }
    if (!is_in(token_chars, c)) return malformed("A trailer field must be a name, a colon and a value.");
    state_ = state::trailer_name;
    return {};
  case state::trailer_value:
    if (c == '\r') {
      state_ = state::trailer_lf;
      return {};
    }
    if (++trailers_ > trailer_bytes) return make_error(errc::head_too_large, "The trailer fields are too long.");
    if (!is_in(value_chars, c)) return malformed("A trailer field has a control character.");
    return {};
  case state::trailer_lf:
    if (c != '\n') return malformed("A trailer field must end with CR LF.");
    state_ = state::trailer_start;
    return {};
  case state::last_lf:
    if (c != '\n') return malformed("A chunked body must end with CR LF.");
    state_ = state::done;
    return {};
  case state::data:
  case state::done: break;
  }
  return make_error(errc::internal, "The chunk decoder lost its way.");
}

} // namespace tidings::net
