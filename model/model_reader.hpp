// SPDX-License-Identifier: MIT
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <caf/error.hpp>

#include "envelopes/json.hpp"
#include "envelopes/token.hpp"
#include "model/schema.hpp"

namespace tidings {

/// An object of the model file and the pointer to it.
struct model_section {
  const json& object;
  std::string at;

  /// Null if there is no such member.
  const json* find(std::string_view name) const;
  std::string pointer(std::string_view name) const;
};

/// Reads members of the model file. The first fault is kept and names its place; what is read after it is of no use.
class model_reader {
public:
  /// @param file Names the file in faults.
  explicit model_reader(std::string_view file) : file_{file} {}

  /// Notes that the place does not hold what it should. `sentence` goes on from the pointer: "must be ...".
  void fault(const std::string& pointer, std::string_view sentence);
  bool failed() const noexcept { return static_cast<bool>(error_); }
  const caf::error& error() const noexcept { return error_; }

  /// The member as a section; empty if there is none or it is not an object.
  std::optional<model_section> section(const model_section& from, std::string_view name);
  /// Refuses members other than `known`.
  void only(const model_section& from, std::initializer_list<std::string_view> known);

  std::optional<tidings::token> token(const model_section& from, std::string_view name);
  /// A string of 1 to 256 bytes; `otherwise` if there is none.
  std::string text(const model_section& from, std::string_view name, std::string_view otherwise);
  /// A list of such strings, each once; empty if there is none.
  std::vector<std::string> texts(const model_section& from, std::string_view name);
  /// An integer from `least` to `most`; `otherwise` if there is none.
  size_t number(const model_section& from, std::string_view name, size_t otherwise, size_t least, size_t most);
  /// A JSON Schema; one that accepts everything if there is none.
  std::shared_ptr<const json_schema> schema(const model_section& from, std::string_view name);

private:
  std::string file_;
  caf::error error_;
};

} // namespace tidings
