// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/interfaces.hpp"

namespace tidings {

struct query_bus_state;
using query_bus_ptr = query_bus_actor::stateful_pointer<query_bus_state>;

/// Where every query enters, whichever way it came; forwards it to the read model that answers.
struct query_bus_state {
  static inline constexpr const char* name = "query_bus";

  explicit query_bus_state(query_bus_ptr self) : self_{self} {}

  void ask(ask_query& x);
  void watch(const watch_changes& x);

  catalog_ptr models;
  std::map<std::string, read_model_actor> read_models; ///< By bucket.
  request_forwarder_actor forwarder;                   ///< For types that no model declares; null: refused.

private:
  query_bus_ptr self_;
};

query_bus_actor::behavior_type query_bus(query_bus_ptr self, catalog_ptr models,
                                         std::map<std::string, read_model_actor> read_models,
                                         request_forwarder_actor forwarder);

} // namespace tidings
