// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <caf/expected.hpp>

#include "envelopes/text_hash.hpp"
#include "model/model.hpp"

namespace tidings {

/// All models of one process, and who declares what.
class catalog {
public:
  struct command_entry {
    model_ptr model;
    const command_spec* spec; ///< Lives as long as `model`.
  };
  struct query_entry {
    model_ptr model;
    const query_spec* spec;
  };
  /// A resource route that fits: parameters become payload members.
  struct route_match {
    const route_spec* route;
    json params; ///< Object of the path's parameters, all strings (percent-decoded).
  };
  /// The path exists, the method does not.
  struct wrong_method {
    std::string allow; ///< e.g. "GET, HEAD, POST".
  };
  struct no_route {};

  /// @returns `errc::bad_model` when two models share a service, bucket, type or route (names both).
  static caf::expected<std::shared_ptr<const catalog>> make(std::vector<model_ptr> models);

  const std::vector<model_ptr>& models() const noexcept { return models_; }
  /// Empty `model` when nobody declares it.
  command_entry find_command(std::string_view type) const;
  query_entry find_query(std::string_view type) const;
  /// @param path The raw path, without the query string. HEAD matches GET.
  std::variant<route_match, wrong_method, no_route> match(std::string_view method, std::string_view path) const;

private:
  caf::error add(const model_ptr& model);

  std::vector<model_ptr> models_;
  text_map<command_entry> commands_;
  text_map<query_entry> queries_;
  text_map<std::vector<const route_spec*>> routes_; ///< By the first segment, which is never a parameter.
};

using catalog_ptr = std::shared_ptr<const catalog>;

} // namespace tidings
