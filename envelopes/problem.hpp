// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include <caf/error.hpp>

namespace tidings {

/// An error that is not an outcome, as `application/problem+json` (RFC 9457): type, title, status, detail, instance,
/// code, errors[{pointer, message}], trace_id.
/// @param instance The request's path; escaped, never reflected raw.
/// @param trace_id May be empty (rendered as null).
std::string render_problem(const caf::error& e, std::string_view instance, std::string_view trace_id);

} // namespace tidings
