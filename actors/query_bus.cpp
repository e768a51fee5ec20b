// SPDX-License-Identifier: MIT
#include "actors/query_bus.hpp"

#include "envelopes/errc.hpp"

namespace tidings {

void query_bus_state::ask(ask_query& x) {
  auto refuse = [&](caf::error why) { self_->send(x.listener, query_answer{x.cookie, std::move(why), x.query_id, {}, 0, {}, {}, false, false}); };
  x.entry = models->find_query(x.query_type);
  if (!x.entry.model && forwarder) return self_->send(forwarder, std::move(x));
  if (!x.entry.model) return refuse(make_error(errc::no_handler, "No handler available for queries." + x.query_type));
  if (!x.payload.is_object())
    return refuse(make_error(errc::schema_violation, failure{"a query's payload is a JSON object", {{"", "must be an object"}}}));
  if (auto wrong = x.entry.spec->check->violations(x.payload); !wrong.empty())
    return refuse(make_error(errc::schema_violation, failure{"the payload of " + x.query_type + " breaks its schema", std::move(wrong)}));
  auto& target = read_models[x.entry.model->bucket.str()];
  self_->send(target, std::move(x));
}

void query_bus_state::watch(const watch_changes& x) {
  if (auto i = read_models.find(x.bucket); i != read_models.end()) self_->send(i->second, x);
}

query_bus_actor::behavior_type query_bus(query_bus_ptr self, catalog_ptr models,
                                         std::map<std::string, read_model_actor> read_models,
                                         request_forwarder_actor forwarder) {
  self->state.models = std::move(models);
  self->state.read_models = std::move(read_models);
  self->state.forwarder = std::move(forwarder);
  return {
    [self](ask_query& x) { self->state.ask(x); },
    [self](const watch_changes& x) { self->state.watch(x); },
  };
}

} // namespace tidings
