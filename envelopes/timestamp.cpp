// SPDX-License-Identifier: MIT
#include "envelopes/timestamp.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace tidings {

namespace {

using namespace std::chrono;

void append_digits(std::string& out, unsigned value, unsigned width) {
  auto start = out.size();
  out.append(width, '0');
  for (auto i = width; i > 0; --i, value /= 10)
    out[start + i - 1] = static_cast<char>('0' + value % 10);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Reads fixed-width fields from the front of a text; the first that does not fit makes it fail for good.
class field_reader {
public:
  explicit field_reader(std::string_view text) : rest_{text} {}

  unsigned number(size_t width) {
    if (rest_.size() < width || !std::all_of(rest_.begin(), rest_.begin() + width, is_digit)) return fail();
    unsigned value = 0;
    for (auto c : rest_.substr(0, width))
      value = value * 10 + static_cast<unsigned>(c - '0');
    rest_.remove_prefix(width);
    return value;
  }

  /// Takes one character if it is one of `any_of`; 0 if not.
  char maybe(std::string_view any_of) {
    if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) return 0;
    auto c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  void expect(std::string_view any_of) {
    if (maybe(any_of) == 0) fail();
  }

  void digits() {
    expect("0123456789");
    while (maybe("0123456789") != 0) {
    }
  }

  bool done() const { return ok_ && rest_.empty(); }

private:
  unsigned fail() {
    ok_ = false;
    rest_ = {};
    return 0;
  }

  std::string_view rest_;
  bool ok_ = true;
};

} // namespace

std::string to_rfc3339(system_clock::time_point t) {
  auto ms = floor<milliseconds>(t);
  auto day = floor<days>(ms);
  auto date = year_month_day{day};
  auto time = hh_mm_ss{ms - day};
  std::string result;
  result.reserve(24);
  append_digits(result, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  result += '-';
  append_digits(result, static_cast<unsigned>(date.month()), 2);
  result += '-';
  append_digits(result, static_cast<unsigned>(date.day()), 2);
  result += 'T';
  append_digits(result, static_cast<unsigned>(time.hours().count()), 2);
  result += ':';
  append_digits(result, static_cast<unsigned>(time.minutes().count()), 2);
  result += ':';
  append_digits(result, static_cast<unsigned>(time.seconds().count()), 2);
  result += '.';
  append_digits(result, static_cast<unsigned>(time.subseconds().count()), 3);
  result += 'Z';
  return result;
}

std::string now_rfc3339() { return to_rfc3339(system_clock::now()); }

std::string milliseconds_text(duration<double, std::milli> x) {
  std::array<char, 32> digits;
  auto end = std::to_chars(digits.data(), digits.data() + digits.size(), x.count(), std::chars_format::fixed, 1).ptr;
  return {digits.data(), end};
}

bool is_rfc3339(std::string_view text) noexcept {
  field_reader in{text};
  auto y = in.number(4);
  in.expect("-");
  auto m = in.number(2);
  in.expect("-");
  auto d = in.number(2);
  in.expect("Tt");
  auto hour = in.number(2);
  in.expect(":");
  auto minute = in.number(2);
  in.expect(":");
  auto second = in.number(2);
  if (in.maybe(".") != 0) in.digits();
  int offset = 0;
  if (in.maybe("Zz") == 0) {
    auto sign = in.maybe("+-");
    if (sign == 0) return false;
    auto offset_hour = in.number(2);
    in.expect(":");
    auto offset_minute = in.number(2);
    if (offset_hour > 23 || offset_minute > 59) return false;
    offset = static_cast<int>(offset_hour * 60 + offset_minute) * (sign == '+' ? 1 : -1);
  }
  if (!in.done() || !year_month_day{year{static_cast<int>(y)}, month{m}, day{d}}.ok()) return false;
  if (hour > 23 || minute > 59 || second > 60) return false;
  if (second < 60) return true;
  // A leap second exists only as the last one of a UTC day (RFC 3339, appendix D).
  auto utc_minute = (static_cast<int>(hour * 60 + minute) - offset + 2 * 1440) % 1440;
  return utc_minute == 1439;
}

} // namespace tidings
