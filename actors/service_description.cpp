// SPDX-License-Identifier: MIT
#include "actors/service_description.hpp"

#include "envelopes/ids.hpp"
#include "envelopes/subjects.hpp"
#include "envelopes/timestamp.hpp"

namespace tidings {

namespace {

constexpr const char* version = "0.1.0";

std::string_view word(discovery_verb verb) {
  switch (verb) {
    case discovery_verb::ping: return "PING";
    case discovery_verb::info: return "INFO";
    case discovery_verb::stats: break;
  }
  return "STATS";
}

std::string_view type_of(discovery_verb verb) {
  switch (verb) {
    case discovery_verb::ping: return "io.nats.micro.v1.ping_response";
    case discovery_verb::info: return "io.nats.micro.v1.info_response";
    case discovery_verb::stats: break;
  }
  return "io.nats.micro.v1.stats_response";
}

} // namespace

service_description::service_description(const service_model& model)
    : name_{model.service.str()}, id_{make_session_id()}, started_{now_rfc3339()} {
  description_ = "Commands and queries of " + name_;
  for (auto& [type, spec] : model.commands)
    endpoints_.push_back({true, spec.type, subjects::command_bus(spec.type), spec.schema, 0, 0, {}, {}});
  for (auto& [type, spec] : model.queries)
    endpoints_.push_back({false, spec.type, subjects::query_bus(spec.type), spec.schema, 0, 0, {}, {}});
}

std::vector<std::string> service_description::subjects(discovery_verb verb) const {
  auto all = std::string{"$SRV."}.append(word(verb));
  return {all, all + '.' + name_, all + '.' + name_ + '.' + id_};
}

std::string service_description::render(discovery_verb verb) const {
  json out = {{"type", type_of(verb)}, {"name", name_}, {"id", id_}, {"version", version}, {"metadata", json::object()}};
  if (verb == discovery_verb::ping) return out.dump();
  if (verb == discovery_verb::info) out["description"] = description_;
  else out["started"] = started_;
  auto& list = out["endpoints"] = json::array();
  for (auto& x : endpoints_) {
    json item = {{"name", x.type.str()}, {"subject", x.subject}, {"queue_group", name_}};
    if (verb == discovery_verb::info) {
      item["metadata"] = {{"kind", x.is_command ? "command" : "query"}, {"schema", x.schema.dump()}};
    } else {
      auto total = x.processing.count();
      item["num_requests"] = x.requests;
      item["num_errors"] = x.errors;
      item["last_error"] = x.last_error;
      item["processing_time"] = total;
      item["average_processing_time"] = x.requests == 0 ? 0 : total / static_cast<int64_t>(x.requests);
    }
    list.push_back(std::move(item));
  }
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

void service_description::count(size_t place, std::chrono::nanoseconds took, const std::string& error) {
  auto& x = endpoints_[place];
  ++x.requests;
  x.processing += took;
  if (error.empty()) return;
  ++x.errors;
  x.last_error = error;
}

} // namespace tidings
