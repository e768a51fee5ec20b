// SPDX-License-Identifier: MIT
#include "net/media_type.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "net/http_syntax.hpp"

namespace tidings::net {

namespace {

/// Cuts the next `name=value` off parameters. @returns an empty name if it is not one.
std::pair<std::string_view, std::string_view> next_parameter(std::string_view& rest) {
  auto parameter = next_element(rest, ';');
  auto equals = parameter.find('=');
  if (equals == std::string_view::npos) return {};
  auto value = parameter.substr(equals + 1);
  // Quotes are optional; nothing compared here needs an escape.
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
  return {parameter.substr(0, equals), value};
}

/// RFC 9110, 12.4.2: "0" or "1", with up to three decimals.
bool is_positive_quality(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return false;
  if (text.size() > 1 && text[1] != '.') return false;
  auto decimals = text.substr(std::min<size_t>(2, text.size()));
  auto zero = decimals.find_first_not_of('0') == std::string_view::npos;
  if (decimals.find_first_not_of("0123456789") != std::string_view::npos) return false;
  return text[0] == '1' ? zero : !zero;
}

/// Whether `accept` names one of `types` with a quality above 0.
bool accepts(std::string_view accept, std::initializer_list<std::string_view> types) {
  while (!accept.empty()) {
    auto range = next_element(accept, ',');
    auto type = next_element(range, ';');
    if (std::ranges::none_of(types, [&](auto x) { return equals_lower(type, x); })) continue;
    auto wanted = true;
    while (!range.empty()) {
      auto [name, value] = next_parameter(range);
      if (equals_lower(name, "q")) wanted = is_positive_quality(value);
    }
    if (wanted) return true;
  }
  return false;
}

} // namespace

bool is_json(std::string_view content_type) {
  auto essence = next_element(content_type, ';');
  auto slash = essence.find('/');
  if (slash == std::string_view::npos) return false;
  auto type = essence.substr(0, slash);
  auto subtype = essence.substr(slash + 1);
  if (!is_http_token(type) || !is_http_token(subtype)) return false;
  auto suffixed = subtype.size() > 5 && equals_lower(subtype.substr(subtype.size() - 5), "+json");
  if (!suffixed && !equals_lower(essence, "application/json")) return false;
  while (!content_type.empty()) {
    auto [name, value] = next_parameter(content_type);
    if (equals_lower(name, "charset") && !equals_lower(value, "utf-8")) return false;
  }
  return true;
}

bool accepts_event_stream(std::string_view accept) {
  return accepts(accept, {"text/event-stream"});
}

bool accepts_json(std::string_view accept) {
  return accept.empty() || accepts(accept, {"application/json", "application/*", "*/*"});
}

} // namespace tidings::net
