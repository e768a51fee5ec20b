// SPDX-License-Identifier: MIT
#pragma once

#include <sstream>
#include <string>
#include <vector>

#include <nats/nats.h>

namespace tidings::net {

/// Names the servers of a comma-separated list. natsOptions_SetURL takes one; of a list it would look up the rest as a part
/// of the first.
inline natsStatus set_servers(natsOptions* options, const std::string& list) {
  std::vector<std::string> urls;
  std::istringstream rest{list};
  for (std::string url; std::getline(rest, url, ',');) urls.push_back(std::move(url));
  std::vector<const char*> servers;
  for (auto& url : urls) servers.push_back(url.c_str());
  return natsOptions_SetServers(options, servers.data(), static_cast<int>(servers.size()));
}

} // namespace tidings::net
