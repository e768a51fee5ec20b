// SPDX-License-Identifier: MIT
#include "net/conditional.hpp"

#include <algorithm>

#include "net/http_syntax.hpp"

namespace tidings::net {

namespace {

/// etagc: no space, no quote, no backslash escapes.
bool is_opaque(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte != '"' && byte != 0x7f;
  });
}

/// Takes one tag from the front of `rest`.
std::optional<entity_tag> take_tag(std::string_view& rest) {
  entity_tag result;
  auto text = rest;
  if (text.starts_with("W/")) {
    result.weak = true;
    text.remove_prefix(2);
  }
  if (!text.starts_with('"')) return std::nullopt;
  auto end = text.find('"', 1);
  if (end == std::string_view::npos) return std::nullopt;
  result.opaque = text.substr(1, end - 1);
  if (!is_opaque(result.opaque)) return std::nullopt;
  rest = text.substr(end + 1);
  return result;
}

/// Whether `equal(tag)` holds for one tag of a list that is well-formed to its end. Not next_element: a backslash is
/// an ordinary character of an entity tag.
template <class Equal>
bool any_tag(std::string_view list, Equal equal) {
  bool found = false;
  while (true) {
    list = trimmed(list);
    if (list.starts_with(',')) { // RFC 9110, 5.6.1: empty elements count for nothing
      list.remove_prefix(1);
      continue;
    }
    if (list.empty()) return found;
    auto tag = take_tag(list);
    if (!tag) return false;
    found |= equal(*tag);
    list = trimmed(list);
    if (!list.empty() && !list.starts_with(',')) return false;
  }
}

} // namespace

std::string render_etag(entity_tag tag) {
  std::string result = tag.weak ? "W/\"" : "\"";
  result.append(tag.opaque).append("\"");
  return result;
}

std::optional<entity_tag> parse_etag(std::string_view text) {
  auto result = take_tag(text);
  return text.empty() ? result : std::nullopt;
}

bool strongly_equal(entity_tag a, entity_tag b) noexcept { return !a.weak && !b.weak && a.opaque == b.opaque; }

bool weakly_equal(entity_tag a, entity_tag b) noexcept { return a.opaque == b.opaque; }

bool none_match_fails(std::string_view field, std::optional<entity_tag> current) {
  if (!current) return false;
  if (trimmed(field) == "*") return true;
  return any_tag(field, [&](entity_tag tag) { return weakly_equal(tag, *current); });
}

bool match_holds(std::string_view field, std::optional<entity_tag> current) {
  if (field.empty()) return true;
  if (!current) return false;
  if (trimmed(field) == "*") return true;
  return any_tag(field, [&](entity_tag tag) { return strongly_equal(tag, *current); });
}

} // namespace tidings::net
