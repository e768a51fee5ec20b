// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace tidings {

/// Whether `text` fits a `format` of JSON Schema (draft-07, section 7.3): date-time, date, time, email, uuid and uri.
/// Other formats are notes to the reader, as the specification has it, and fit always. Linear in the text.
bool fits_format(std::string_view format, std::string_view text) noexcept;

} // namespace tidings
