// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <caf/expected.hpp>
#include <nlohmann/json.hpp>

namespace tidings {

/// Key order of documents is kept as written: what a client sends is what it reads back.
using json = nlohmann::ordered_json;

/// Bounds on JSON that comes from outside (THREATS.md H13-H17).
struct json_limits {
  size_t depth = 64;        ///< Nested arrays and objects.
  size_t members = 10'000;  ///< Object members and array elements in the whole document.
  size_t key_length = 256;  ///< Bytes of one object key.
};

/// Parses strictly: RFC 8259, valid UTF-8 without lone surrogates or U+0000 in keys and strings, no duplicate keys, no
/// number that a double or a 64-bit integer cannot hold exactly enough to round-trip, nothing after the value.
/// @returns `errc::malformed_request` whose failure names place and reason (for a duplicate key its JSON pointer).
caf::expected<json> parse_json(std::string_view text, const json_limits& limits = {});

/// Compact, UTF-8, never throws on a value that `parse_json` made.
std::string dump(const json& value);

} // namespace tidings
