// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "model/model.hpp"

namespace tidings {

enum class discovery_verb : uint8_t { ping, info, stats };

/// What the services protocol (ADR-32) tells of one service, with the counters of its endpoints.
class service_description {
public:
  struct endpoint {
    bool is_command = false;
    token type;
    std::string subject;
    json schema;
    uint64_t requests = 0, errors = 0;
    std::chrono::nanoseconds processing{0};
    std::string last_error;
  };

  service_description() = default;
  explicit service_description(const service_model& model);

  /// Subjects of a verb: for everybody, for the name, for this instance.
  std::vector<std::string> subjects(discovery_verb verb) const;
  std::string render(discovery_verb verb) const;
  void count(size_t place, std::chrono::nanoseconds took, const std::string& error);

  std::vector<endpoint>& endpoints() noexcept { return endpoints_; }

private:
  std::string name_, id_, description_, started_;
  std::vector<endpoint> endpoints_;
};

} // namespace tidings
