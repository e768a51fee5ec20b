// SPDX-License-Identifier: MIT
#pragma once

#include "contracts/contract_settings.hpp"
#include "model/catalog.hpp"

namespace tidings {

/// Everything that Tidings takes and sends over NATS for these models, as an AsyncAPI 3.0 document. Pure.
json asyncapi(const catalog& models, const contract_settings& settings);

} // namespace tidings
