// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "envelopes/json.hpp"

namespace tidings {

/// Appends what `dump` returns.
void append_json(std::string& out, const json& value);

/// Appends `text` as a JSON string, quotes included. Bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

/// Appends `"name":` with a comma in front unless an object has just been opened.
void append_json_member(std::string& out, std::string_view name);

/// Appends one reference token of a JSON pointer (RFC 6901, section 4): a slash and the escaped name.
void append_pointer(std::string& out, std::string_view name);

/// The pointer to a member of the document's root.
std::string pointer_to(std::string_view name);

} // namespace tidings
