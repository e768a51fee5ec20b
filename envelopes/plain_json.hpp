// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace tidings {

/// Reads the JSON that nearly everybody sends, and tells it to `Builder` as nlohmann's parser would: no escapes, only ASCII, integers of
/// at most 18 digits. Whatever else comes, right or wrong, ends it with `false`: then the library reads the text from its
/// beginning and knows what to say of it. A fifth of the library's cost, which was a fifth of a command's.
template <class Builder>
class plain_json {
public:
  plain_json(std::string_view text, Builder& to) : at_{text.data()}, end_{text.data() + text.size()}, to_{to} {}

  bool read() {
    skip_space();
    if (!value()) return false;
    skip_space();
    return at_ == end_;
  }

private:
  static constexpr size_t most_digits = 18; // always fit 64 bits

  static constexpr auto plain = [] {
    std::array<bool, 256> table{};
    for (size_t c = 0x20; c < 0x7f; ++c) table[c] = c != '"' && c != '\\';
    return table;
  }();

  void skip_space() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }

  bool take(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }

  bool take(std::string_view word) {
    if (!std::string_view{at_, static_cast<size_t>(end_ - at_)}.starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  bool value() {
    if (at_ == end_) return false;
    switch (*at_) {
    case '{': return object();
    case '[': return array();
    case '"': {
      std::string x;
      return text(x) && to_.string(x);
    }
    case 't': return take("true") && to_.boolean(true);
    case 'f': return take("false") && to_.boolean(false);
    case 'n': return take("null") && to_.null();
    default: return number();
    }
  }

  bool object() {
    ++at_;
    if (!to_.start_object(0)) return false; // also when it is nested too deeply
    skip_space();
    if (take('}')) return to_.end_object();
    do {
      skip_space();
      std::string name;
      if (!text(name) || !to_.key(name)) return false;
      skip_space();
      if (!take(':')) return false;
      skip_space();
      if (!value()) return false;
      skip_space();
    } while (take(','));
    return take('}') && to_.end_object();
  }

  bool array() {
    ++at_;
    if (!to_.start_array(0)) return false;
    skip_space();
    if (take(']')) return to_.end_array();
    do {
      skip_space();
      if (!value()) return false;
      skip_space();
    } while (take(','));
    return take(']') && to_.end_array();
  }

  bool text(std::string& out) {
    if (!take('"')) return false;
    auto begin = at_;
    while (at_ != end_ && plain[static_cast<uint8_t>(*at_)]) ++at_;
    out.assign(begin, at_);
    return take('"');
  }

  bool number() {
    bool negative = take('-');
    auto begin = at_;
    int64_t x = 0;
    for (; at_ != end_ && *at_ >= '0' && *at_ <= '9'; ++at_) {
      if (static_cast<size_t>(at_ - begin) == most_digits) return false;
      x = x * 10 + (*at_ - '0');
    }
    auto digits = at_ - begin;
    if (digits == 0 || (digits > 1 && *begin == '0')) return false;
    if (at_ != end_ && (*at_ == '.' || *at_ == 'e' || *at_ == 'E')) return false;
    return negative ? to_.number_integer(-x) : to_.number_unsigned(static_cast<uint64_t>(x));
  }

  const char* at_;
  const char* end_;
  Builder& to_;
};

} // namespace tidings
