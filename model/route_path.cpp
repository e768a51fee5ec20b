// SPDX-License-Identifier: MIT
#include "model/route_path.hpp"

#include "envelopes/utf8.hpp"

namespace tidings {

namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    auto high = hex_value(text[i + 1]);
    auto low = hex_value(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    result += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return result;
}

bool has_control(std::string_view text) {
  for (auto c : text)
    if (static_cast<uint8_t>(c) < 0x20 || c == 0x7f) return true;
  return false;
}

} // namespace

bool is_parameter(std::string_view segment) noexcept {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

std::string_view parameter_name(std::string_view segment) noexcept { return segment.substr(1, segment.size() - 2); }

std::optional<std::vector<std::string>> split_path(std::string_view raw) {
  if (!raw.starts_with('/')) return std::nullopt;
  std::vector<std::string> result;
  while (!raw.empty()) {
    raw.remove_prefix(1);
    auto segment = raw.substr(0, raw.find('/'));
    raw.remove_prefix(segment.size());
    auto text = percent_decoded(segment);
    if (!text || text->empty() || *text == "." || *text == ".." || has_control(*text) || !is_utf8(*text) ||
        result.size() == max_path_segments)
      return std::nullopt;
    result.push_back(std::move(*text));
  }
  return result;
}

uint32_t fit_of(const std::vector<std::string>& route, const std::vector<std::string>& path) noexcept {
  if (route.size() != path.size()) return 0;
  uint32_t result = 1;
  for (size_t i = 0; i < route.size(); ++i) {
    auto literal = !is_parameter(route[i]);
    if (literal && route[i] != path[i]) return 0;
    result = result * 2 + (literal ? 1 : 0);
  }
  return result;
}

bool same_shape(const std::vector<std::string>& a, const std::vector<std::string>& b) noexcept {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    auto open = is_parameter(a[i]);
    if (open != is_parameter(b[i]) || (!open && a[i] != b[i])) return false;
  }
  return true;
}

} // namespace tidings
