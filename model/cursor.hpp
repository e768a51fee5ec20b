// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "envelopes/json.hpp"

namespace tidings {

/// Where a page ended. It names a place in an order rather than a document, so it outlives the document.
struct cursor {
  std::string sort; ///< The order it belongs to, as in `list_request::sort`.
  json value;       ///< The last document's value of the sort field; null if it had none.
  std::string key;  ///< The last document's key.
};

/// Opaque to clients and safe in a URL: base64url (RFC 4648, section 5) without padding.
std::string to_text(const cursor& x);

/// Empty for a text that `to_text` did not write.
std::optional<cursor> parse_cursor(std::string_view text);

} // namespace tidings
