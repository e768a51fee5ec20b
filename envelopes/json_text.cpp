// SPDX-License-Identifier: MIT
#include "envelopes/json_text.hpp"

#include <algorithm>

#include "envelopes/json.hpp"

namespace tidings {

namespace {

bool needs_escape(char c) {
  auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte >= 0x7f || c == '"' || c == '\\';
}

} // namespace

void append_json_string(std::string& out, std::string_view text) {
  // Nearly everything that passes here is plain ASCII; only the rest pays for a temporary value.
  if (std::none_of(text.begin(), text.end(), needs_escape)) {
    out += '"';
    out += text;
    out += '"';
  } else {
    out += dump(json(text));
  }
}

void append_json_member(std::string& out, std::string_view name) {
  if (!out.empty() && out.back() != '{') out += ',';
  append_json_string(out, name);
  out += ':';
}

void append_pointer(std::string& out, std::string_view name) {
  out += '/';
  for (auto c : name) {
    switch (c) {
    case '~': out += "~0"; break;
    case '/': out += "~1"; break;
    default: out += c;
    }
  }
}

std::string pointer_to(std::string_view name) {
  std::string result;
  append_pointer(result, name);
  return result;
}

} // namespace tidings
