// SPDX-License-Identifier: MIT
#include "envelopes/shown_url.hpp"

#include <algorithm>

namespace tidings {

std::string without_secrets(std::string_view urls) {
  std::string out;
  while (!urls.empty()) {
    auto end = std::min(urls.find(','), urls.size());
    auto url = urls.substr(0, end);
    auto scheme = url.find("://");
    auto host = scheme == std::string_view::npos ? 0 : scheme + 3;
    auto at = url.rfind('@');
    if (!out.empty()) out += ',';
    out += url.substr(0, host);
    out += at == std::string_view::npos || at < host ? url.substr(host) : url.substr(at + 1);
    urls.remove_prefix(std::min(end + 1, urls.size()));
  }
  return out;
}

} // namespace tidings
