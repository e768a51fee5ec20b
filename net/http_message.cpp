// SPDX-License-Identifier: MIT
#include "net/http_message.hpp"

#include <algorithm>

#include "net/http_syntax.hpp"

namespace tidings::net {

namespace {

std::string decode_form(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    auto high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    auto low = high >= 0 ? hex_value(text[i + 2]) : -1;
    if (low >= 0) {
      result += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      result += text[i] == '+' ? ' ' : text[i];
    }
  }
  return result;
}

} // namespace

std::string_view http_request::header(std::string_view name) const noexcept {
  for (auto& [key, value] : headers)
    if (key == name) return value;
  return {};
}

std::string http_request::header_list(std::string_view name) const {
  std::string result;
  for (auto& [key, value] : headers) {
    if (key != name) continue;
    if (!result.empty()) result += ", ";
    result += value;
  }
  return result;
}

std::vector<std::pair<std::string, std::string>> parse_query_string(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> result;
  while (!query.empty()) {
    auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    if (pair.empty()) continue;
    auto name = pair.substr(0, pair.find('='));
    auto value = pair.substr(std::min(name.size() + 1, pair.size()));
    result.emplace_back(decode_form(name), decode_form(value));
  }
  return result;
}

} // namespace tidings::net
