// SPDX-License-Identifier: MIT
#include "model/schema_formats.hpp"

#include <algorithm>
#include <string>

#include "envelopes/timestamp.hpp"

namespace tidings {

namespace {

bool is_alnum(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool is_printable(char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7f; }

bool is_date(std::string_view text) { return text.size() == 10 && is_rfc3339(std::string{text} + "T00:00:00Z"); }

bool is_time(std::string_view text) { return text.size() <= 64 && is_rfc3339("2000-01-01T" + std::string{text}); }

// Deliberately loose: whether an address works is found out by writing to it.
bool is_email(std::string_view text) {
  auto at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == text.size() || text.size() > 254) return false;
  auto domain = text.substr(at + 1);
  return std::all_of(text.begin(), text.end(), is_printable) && domain.front() != '.' && domain.back() != '.' &&
         domain.find("..") == std::string_view::npos;
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    auto dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

bool is_uri(std::string_view text) {
  auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || !std::all_of(text.begin(), text.end(), is_printable))
    return false;
  auto scheme = text.substr(0, colon);
  return !(scheme.front() >= '0' && scheme.front() <= '9') && std::all_of(scheme.begin(), scheme.end(), [](char c) {
    return is_alnum(c) || c == '+' || c == '-' || c == '.';
  });
}

} // namespace

bool fits_format(std::string_view format, std::string_view text) noexcept {
  if (format == "date-time") return is_rfc3339(text);
  if (format == "date") return is_date(text);
  if (format == "time") return is_time(text);
  if (format == "email") return is_email(text);
  if (format == "uuid") return is_uuid(text);
  if (format == "uri") return is_uri(text);
  return true;
}

} // namespace tidings
