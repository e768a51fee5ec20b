// SPDX-License-Identifier: MIT
#include "contracts/operation.hpp"
#include "contracts/parameters.hpp"

namespace tidings::contracts {

namespace {

constexpr std::string_view json_type = "application/json";

/// Whether what is stored can stand against it (model/effect.cpp: `http_status_of_rejection`).
bool may_conflict(const service_model& model, const command_spec& spec) {
  return spec.effect != command_effect::replace || !model.unique.empty() || spec.handler.has_value();
}

/// The outcome around the payload of one command.
json outcome_of(std::string_view kind, json payload) {
  json detail = json{{"properties", json{{"payload", std::move(payload)}}}};
  return json{{"allOf", json::array({ref("schemas", kind), std::move(detail)})}};
}

std::string effect_words(const service_model& model, command_effect effect) {
  switch (effect) {
  case command_effect::create: return "Makes one: " + model.noun + ".";
  case command_effect::replace: return "Writes the whole document: " + model.noun + ".";
  case command_effect::merge: return "Changes the given members: " + model.noun + ".";
  case command_effect::remove: break;
  }
  return "Takes one away: " + model.noun + ".";
}

/// A type that no model declares: whoever answers `commands.{Type}` decides what comes back.
json forwarded(openapi_draft& draft) {
  answers out;
  auto response = ref("schemas", "CommandResponse");
  out.body(200, "Completed.", json_type, response, {"Cache-Control", "Server-Timing", "Preference-Applied?"})
      .body(202, "Pending.", json_type, response, {"Cache-Control", "Server-Timing", "Preference-Applied?", "Retry-After", "Location"})
      .body(409, "Rejected: a conflict with what is stored.", json_type, response, {"Cache-Control", "Server-Timing", "Preference-Applied?"})
      .body(412, "Rejected: another revision.", json_type, response, {"Cache-Control", "Server-Timing", "Preference-Applied?"})
      .body(422, "Rejected.", json_type, response, {"Cache-Control", "Server-Timing", "Preference-Applied?"})
      .body(500, "Given up after the last retry.", json_type, response, {"Cache-Control", "Server-Timing", "Preference-Applied?"})
      .problems({errc::invalid_token, errc::bad_reply, errc::subject_captured, errc::no_handler, errc::overloaded, errc::unavailable,
                 errc::shutting_down, errc::handler_timeout});
  if (draft.settings.limits_waits) out.problems({errc::too_many_requests});
  auto result = make_operation(draft,
                               {"tidings.forward-command", "commands", "A command of a service elsewhere",
                                "A type that no model declares is forwarded as a request to `commands.{name}`; `name` is the type."},
                               parameters({"Prefer", "Idempotency-Key", "traceparent"}), std::move(out), access::session_optional);
  result["requestBody"] = json_body(json::object(), true);
  return result;
}

} // namespace

std::string about(const service_model& model, const command_spec& spec) {
  auto& declared = model.source["commands"][spec.type.str()];
  return declared.value("description", effect_words(model, spec.effect));
}

json json_body(json schema, bool required) {
  return json{{"required", required}, {"content", json{{"application/json", json{{"schema", std::move(schema)}}}}}};
}

json command_operation(openapi_draft& draft, const service_model& model, const command_spec& spec, operation_head head, json body) {
  answers out;
  auto failed = ref("schemas", "FailedOutcome");
  out.body(200, "The outcome: completed.", json_type, outcome_of("CompletedOutcome", ref("schemas", answer_name(spec.type))),
           {"Cache-Control", "Server-Timing", "Preference-Applied?"})
      .body(202, "Accepted and stored; the outcome is not known yet.", json_type, ref("schemas", "PendingOutcome"),
            {"Cache-Control", "Server-Timing", "Preference-Applied?", "Retry-After", "Location"})
      .body(412, "The outcome: failed, the document has another revision than `If-Match` says (`revision_mismatch`).", json_type, failed,
            {"Cache-Control", "Server-Timing", "Preference-Applied?"})
      .body(422, spec.handler ? "The outcome: failed, rejected by the handler or `expired`." : "The outcome: failed, `expired`.", json_type,
            failed, {"Cache-Control?", "Server-Timing?", "Preference-Applied?"})
      .body(500, "The outcome: failed, given up after the last retry (`dead_lettered`).", json_type, failed,
            {"Cache-Control", "Server-Timing", "Preference-Applied?"});
  if (may_conflict(model, spec))
    out.body(409, "The outcome: failed, a conflict with what is stored (`already_exists`, `missing`, `not_unique`).", json_type, failed,
             {"Cache-Control", "Server-Timing", "Preference-Applied?"});
  out.problems({errc::schema_violation, errc::idempotency_mismatch, errc::overloaded, errc::backlog_full, errc::unavailable, errc::storage_refused,
                errc::outcome_unknown, errc::shutting_down});
  if (!spec.allow.empty()) out.problems({errc::forbidden});
  if (draft.settings.limits_waits) out.problems({errc::too_many_requests});
  auto result = make_operation(draft, std::move(head), command_parameters(draft.settings), std::move(out), access::session_optional);
  if (!body.is_null()) result["requestBody"] = std::move(body);
  return result;
}

void add_command_operations(openapi_draft& draft) {
  for (const auto& model : draft.models.models())
    for (const auto& [type, spec] : model->commands) {
      operation_head head{type, model->service.str(), type, about(*model, spec)};
      auto body = json_body(ref("schemas", payload_name(spec.type)), true);
      draft.paths["/commands/" + type]["post"] = command_operation(draft, *model, spec, std::move(head), std::move(body));
    }
  draft.paths["/commands/{name}"]["post"] = forwarded(draft);
}

} // namespace tidings::contracts
