// SPDX-License-Identifier: MIT
#include "app/contract_files.hpp"

#include "app/version.hpp"
#include "contracts/asyncapi.hpp"
#include "contracts/openapi.hpp"
#include "envelopes/ids.hpp"

namespace tidings {

namespace {

constexpr size_t etag_digits = 16;

asset file_of(const json& document) {
  auto text = dump(document);
  auto etag = sha256_hex(text).substr(0, etag_digits);
  return {"application/json", std::make_shared<const std::string>(std::move(text)), std::move(etag)};
}

} // namespace

std::map<std::string, asset, std::less<>> contract_files(const http_settings& settings, const caller_places* limits) {
  contract_settings about{TIDINGS_VERSION, settings.default_wait, settings.max_wait, settings.demo, settings.door->wants_tokens()};
  if (limits != nullptr) {
    about.limits_waits = limits->waits.limited();
    about.limits_streams = limits->streams.limited();
    about.limits_live_queries = limits->live_queries.limited();
  }
  std::map<std::string, asset, std::less<>> files;
  files.emplace("/openapi.json", file_of(openapi(*settings.models, about)));
  files.emplace("/asyncapi.json", file_of(asyncapi(*settings.models, about)));
  return files;
}

} // namespace tidings
