// SPDX-License-Identifier: MIT
#pragma once

#include "contracts/contract_settings.hpp"
#include "model/catalog.hpp"

namespace tidings {

/// Everything that Tidings answers over HTTP for these models, as an OpenAPI 3.1 document. Pure.
json openapi(const catalog& models, const contract_settings& settings);

} // namespace tidings
