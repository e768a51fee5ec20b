// SPDX-License-Identifier: MIT
#include "contracts/operation.hpp"
#include "contracts/parameters.hpp"

namespace tidings::contracts {

namespace {

constexpr std::string_view json_type = "application/json";
constexpr std::string_view events_type = "text/event-stream";

json path_parameter(std::string_view what) {
  return json{{"name", "name"}, {"in", "path"}, {"required", true}, {"description", what}, {"schema", ref("schemas", "Token")}};
}

json events_schema(std::string_view what, json events) {
  return json{{"type", "string"}, {"description", what}, {"x-events", std::move(events)}};
}

void add_commands(openapi_draft& draft) {
  draft.paths["/commands/{name}"]["parameters"] = json::array({path_parameter("A command's id; for POST its type.")});
  answers status;
  status.body(200, "What is known: pending, completed or failed.", json_type, ref("schemas", "Outcome"),
              {"Cache-Control", "Server-Timing", "Preference-Applied?", "Retry-After?"})
      .problems({errc::invalid_token, errc::not_found, errc::unavailable, errc::overloaded});
  if (draft.settings.limits_waits) status.problems({errc::too_many_requests});
  draft.paths["/commands/{name}"]["get"] =
      make_operation(draft,
                     {"tidings.outcome", "outcomes", "What became of a command",
                      "With `Prefer: wait=N` it attaches again and stays for the outcome. A foreign and an unknown id answer the same."},
                     parameters({"Prefer"}), std::move(status), access::session_optional);

  answers events;
  auto outcome = [](std::string_view kind) { return ref("schemas", kind); };
  events.body(200, "The stream.", events_type,
              events_schema("`pending` if there is no outcome yet, `progress` if a handler tells any, then `completed` or `failed`, and it ends.",
                            json{{"pending", outcome("PendingOutcome")}, {"progress", outcome("Progress")}, {"completed", outcome("CompletedOutcome")}, {"failed", outcome("FailedOutcome")}}),
              {"Cache-Control", "X-Accel-Buffering"})
      .no_body(204, "`Last-Event-ID` says that its last event has come: do not come back.", {"Cache-Control"})
      .problems({errc::invalid_token, errc::not_found, errc::unavailable, errc::overloaded});
  if (draft.settings.limits_streams) events.problems({errc::too_many_requests});
  auto& path = draft.paths["/commands/{name}/events"];
  path["parameters"] = json::array({path_parameter("A command's id.")});
  path["get"] = make_operation(draft, {"tidings.command-events", "outcomes", "The outcome of one command as events", {}},
                               parameters({"Last-Event-ID", "last_event_id", "ticket"}), std::move(events), access::session_optional);
}

void add_session(openapi_draft& draft) {
  answers made;
  made.body(201, "It; as a cookie too.", json_type, ref("schemas", "Session"), {"Cache-Control", "Set-Cookie"});
  if (!draft.settings.tokens)
    draft.paths["/session"]["post"] =
        make_operation(draft,
                       {"tidings.session", "outcomes", "Makes a session", "Commands sent with it can be seen by it only; `/events` shows all of them."},
                       json::array(), std::move(made), access::open);
  answers ticket;
  ticket.body(201, "It. `GET /events?ticket=...` within `expires_in` seconds, once.", json_type, ref("schemas", "Ticket"), {"Cache-Control"})
      .problems({errc::unauthorized, errc::too_many_requests});
  draft.paths["/events/ticket"]["post"] =
      make_operation(draft, {"tidings.ticket", "outcomes", "Makes a ticket for one event stream", "An EventSource of another site sends neither header nor cookie; the ticket stands in its URL instead."},
                     json::array(), std::move(ticket), access::session_required);
  answers events;
  json kinds = json{{"completed", ref("schemas", "CompletedOutcome")}, {"failed", ref("schemas", "FailedOutcome")}, {"progress", ref("schemas", "Progress")}, {"gap", ref("schemas", "Gap")}};
  events.body(200, "The stream.", events_type, events_schema("`completed`, `failed`, `progress` if a handler tells any, and `gap` when a position is no longer kept.", std::move(kinds)),
              {"Cache-Control", "X-Accel-Buffering"})
      .problems({errc::unauthorized});
  if (draft.settings.limits_streams) events.problems({errc::too_many_requests});
  draft.paths["/events"]["get"] =
      make_operation(draft, {"tidings.events", "outcomes", "All outcomes of a session as events", "After a break it goes on where `Last-Event-ID` says."},
                     parameters({"Last-Event-ID", "last_event_id", "ticket"}), std::move(events), access::session_required);
}

/// What the process says about itself.
void add_state(openapi_draft& draft) {
  auto get = [&](std::string_view path, operation_head head, answers out) {
    auto who = path == "/healthz" || path == "/readyz" ? access::open : access::known;
    draft.paths[std::string{path}]["get"] = make_operation(draft, std::move(head), json::array(), std::move(out), who);
  };
  get("/healthz", {"tidings.health", "operation", "Whether the process lives", {}},
      std::move(answers{}.body(200, "It does.", json_type, ref("schemas", "Health"))));
  get("/readyz", {"tidings.readiness", "operation", "Whether NATS, streams and consumer are there", {}},
      std::move(answers{}
                    .body(200, "All are.", json_type, ref("schemas", "Readiness"), {"Cache-Control"})
                    .body(503, "Some part is not, and why.", json_type, ref("schemas", "Readiness"), {"Cache-Control", "Retry-After"})));
  get("/metrics", {"tidings.metrics", "operation", "What was counted, in Prometheus' text format", {}},
      std::move(answers{}.body(200, "It.", "text/plain", json{{"type", "string"}}, {"Cache-Control"})));
  get("/services", {"tidings.services", "operation", "The services that answer on the network", {}},
      std::move(answers{}.body(200, "Their descriptions.", json_type, ref("schemas", "Services"), {"Cache-Control"})));
  get("/model", {"tidings.model", "contracts", "The models as written", {}},
      std::move(answers{}.body(200, "They are.", json_type, ref("schemas", "Models"), {"Cache-Control"})));
}

/// What the binary carries or makes once at its start; all have an ETag.
void add_files(openapi_draft& draft) {
  auto get = [&](std::string_view path, operation_head head, std::string_view type, bool fixed_path, bool gives_session) {
    answers out;
    json schema = type == json_type ? json{{"type", "object"}} : json{{"type", "string"}};
    auto cookie = gives_session ? "Set-Cookie?" : "ETag";
    for (auto status : {200, 304}) {
      auto headers = {std::string_view{"ETag"}, std::string_view{"Cache-Control"}, std::string_view{"X-Content-Type-Options"},
                      std::string_view{"Referrer-Policy"}, std::string_view{"Content-Security-Policy"}, std::string_view{cookie}};
      if (status == 200) out.body(200, "It.", type, schema, headers);
      else out.no_body(304, "Not changed.", headers);
    }
    if (!fixed_path) out.problems({errc::not_found});
    draft.paths[std::string{path}]["get"] =
        make_operation(draft, std::move(head), parameters({"If-None-Match"}), std::move(out), type == json_type ? access::known : access::open);
  };
  get("/openapi.json", {"tidings.openapi", "contracts", "This document", {}}, json_type, true, false);
  get("/asyncapi.json", {"tidings.asyncapi", "contracts", "The same for NATS, as AsyncAPI 3.0", {}}, json_type, true, false);
  get("/", {"tidings.page", "page", "A page for the models", "Gives a browser without a session one."}, "text/html", true, true);
  get("/assets/{file}", {"tidings.asset", "page", "A file of the page", {}}, "text/*", false, false);
  draft.paths["/assets/{file}"]["parameters"] =
      json::parse(R"([{ "name": "file", "in": "path", "required": true, "description": "Its name.", "schema": { "type": "string" }, "example": "tidings.js" }])");
}

} // namespace

void add_own_operations(openapi_draft& draft) {
  add_commands(draft);
  add_session(draft);
  add_state(draft);
  add_files(draft);
}

} // namespace tidings::contracts
