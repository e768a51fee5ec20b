// SPDX-License-Identifier: MIT
#include "envelopes/problem.hpp"

#include "envelopes/errc.hpp"
#include "envelopes/json_text.hpp"

namespace tidings {

namespace {

constexpr size_t max_instance = 1024;

/// What a client is told. Codes that only we understand, and their details, stay in the log.
errc public_code(errc code) {
  switch (code) {
  case errc::wrong_revision:
  case errc::bad_model:
  case errc::bad_configuration: return errc::internal;
  default: return code;
  }
}

bool may_stand_in_a_path(char c) {
  // RFC 3986, section 3.3, and `%`: the path may be escaped already.
  constexpr std::string_view marks = "-._~!$&'()*+,;=:@/%";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         marks.find(c) != std::string_view::npos;
}

std::string escaped_path(std::string_view path) {
  constexpr auto digits = "0123456789ABCDEF";
  std::string result;
  for (auto c : path.substr(0, max_instance)) {
    if (may_stand_in_a_path(c)) {
      result += c;
    } else {
      auto byte = static_cast<unsigned char>(c);
      result += '%';
      result += digits[byte >> 4];
      result += digits[byte & 0x0f];
    }
  }
  return result;
}

void append_text(std::string& out, std::string_view name, std::string_view value) {
  append_json_member(out, name);
  append_json_string(out, value);
}

} // namespace

std::string render_problem(const caf::error& e, std::string_view instance, std::string_view trace_id) {
  auto code = public_code(code_of(e));
  auto what = code == errc::internal ? failure{} : failure_of(e);
  auto name = std::string{to_string(code)};
  std::string out{'{'};
  append_text(out, "type", "urn:tidings:problem:" + name);
  append_text(out, "title", title_of(code));
  append_json_member(out, "status");
  out += std::to_string(http_status_of(code));
  append_text(out, "detail", what.detail.empty() ? title_of(code) : std::string_view{what.detail});
  append_text(out, "instance", escaped_path(instance));
  append_text(out, "code", name);
  append_json_member(out, "errors");
  out += '[';
  for (const auto& [pointer, message] : what.errors) {
    if (out.back() != '[') out += ',';
    out += '{';
    append_text(out, "pointer", pointer);
    append_text(out, "message", message);
    out += '}';
  }
  out += ']';
  append_json_member(out, "trace_id");
  if (trace_id.empty())
    out += "null";
  else
    append_json_string(out, trace_id);
  out += '}';
  return out;
}

} // namespace tidings
