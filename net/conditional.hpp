// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tidings::net {

/// An entity tag (RFC 9110, 8.8.3): names one version of a representation.
struct entity_tag {
  std::string_view opaque; ///< Without quotes; compared byte by byte.
  bool weak = false;       ///< Equivalent, but perhaps not the same bytes.
};

/// As a field value, e.g. `"12"` or `W/"12"`. `opaque` must be ours: visible ASCII without a quote.
std::string render_etag(entity_tag tag);

/// @returns nothing if `text` is not exactly one entity tag.
std::optional<entity_tag> parse_etag(std::string_view text);

/// Both strong, and equal (RFC 9110, 8.8.3.2).
bool strongly_equal(entity_tag a, entity_tag b) noexcept;
/// Equal, whether strong or weak.
bool weakly_equal(entity_tag a, entity_tag b) noexcept;

/// Whether `If-None-Match` names the current version, by weak comparison, or is `*` and there is one: then GET and HEAD
/// get 304, other methods 412 (RFC 9110, 13.1.2). A malformed field names nothing: the client gets the full answer.
/// @param field   All values of the header, joined with commas; empty if it was not sent.
/// @param current The present version, if the resource exists.
bool none_match_fails(std::string_view field, std::optional<entity_tag> current);

/// Whether `If-Match` allows the request: not sent, or names the current version by strong comparison, or is `*` and
/// there is one. Otherwise 412 (RFC 9110, 13.1.1). A malformed field allows nothing.
bool match_holds(std::string_view field, std::optional<entity_tag> current);

} // namespace tidings::net
