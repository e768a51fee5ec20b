// SPDX-License-Identifier: MIT
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/components.hpp"
#include "envelopes/errc.hpp"

namespace tidings::contracts {

/// What one operation may answer, by status. Statuses of errors come from the one table of `errc`.
class answers {
public:
  /// A header of a response: "ETag", or "ETag?" when it may be missing.
  using header_names = std::initializer_list<std::string_view>;

  /// A body of a media type; a status may have several.
  answers& body(uint16_t status, std::string_view what, std::string_view media_type, json schema, header_names headers = {});
  answers& no_body(uint16_t status, std::string_view what, header_names headers = {});
  /// Errors as `application/problem+json`.
  answers& problems(std::initializer_list<errc> codes);

  /// The member `responses` of an operation. Responses of which there are many alike go into `pool`.
  json render(component_pool& pool) const;

private:
  json problem(uint16_t status, const std::vector<errc>& codes) const;

  std::map<uint16_t, json> responses_;
  std::map<uint16_t, std::vector<errc>> problems_;
};

/// Errors that HTTP itself brings to any request, before anybody looks at its path.
answers& with_framing_problems(answers& out);

} // namespace tidings::contracts
