// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "actors/gatekeeper.hpp"
#include "actors/http_edge.hpp"
#include "actors/messages.hpp"
#include "actors/metrics.hpp"
#include "actors/request_quota.hpp"
#include "net/http_message.hpp"

namespace tidings {

/// A file that the binary carries.
struct asset {
  std::string_view type; ///< Media type.
  std::shared_ptr<const std::string> content;
  std::string etag;
};

/// What the router must know of the configuration.
struct http_settings {
  catalog_ptr models;
  milliseconds default_wait{0};   ///< Wait of a command without `Prefer: wait`.
  milliseconds max_wait{30'000};  ///< The most that `Prefer: wait` can ask for.
  bool demo = false;              ///< Clients may slow handlers down (`Tidings-Delay-Ms`).
  std::map<std::string, asset, std::less<>> assets; ///< By path; "/" is the page.
  std::shared_ptr<gatekeeper> door = std::make_shared<gatekeeper>(); ///< Never null.
  std::shared_ptr<request_quota> quota; ///< Null: requests are not counted.
  edge_rules edge;
  bool secure_cookies = false; ///< We serve HTTPS ourselves.
};

/// Is the process alive? `/healthz`.
struct health_check {};
/// Can it do its work? `/readyz`.
struct readiness_check {};
/// What was counted. `/metrics`.
struct metrics_request {};
/// Which methods does the path take? OPTIONS.
struct options_check {
  std::string allow;
};
/// May a script of an allowed origin send a request? (CORS)
struct preflight_check {};
/// The path exists, the method does not.
struct method_refused {
  std::string allow;
};

/// Server-Sent Events: of `command_id`, of a live `query`, else of the owner.
struct events_request {
  std::optional<token> owner; ///< Always set.
  std::optional<token> command_id;
  std::optional<ask_query> query;
  std::string last_event_id;
};
/// The models as written, for the page's forms. `/model`.
struct model_request {};
/// The services on the network. `/services`.
struct services_request {};
/// A new session. `POST /session`.
struct session_request {};
/// A ticket for one event stream. `POST /events/ticket`.
struct ticket_request {};
/// The page and its files.
struct asset_request {
  const asset* file = nullptr;
  bool gives_session = false; ///< The client has none yet, and is a browser that opens the page.
};
/// `After-Command`: the answer must show that command's write.
struct after_command {
  std::optional<token> command_id; ///< Always set.
  std::optional<token> owner;      ///< Always set.
  bool stale_allowed = false;
  milliseconds patience{0};
};

/// A request, understood. Listener and cookie of the messages are still to be filled in.
struct http_call {
  std::variant<caf::error, submit_command, attach_command, ask_query, health_check, readiness_check, metrics_request, options_check, preflight_check, method_refused,
               events_request, model_request, services_request, session_request, ticket_request, asset_request>
    what;
  std::optional<caller> who;          ///< Not set on public paths, or when `nobody` says why.
  caf::error nobody;                  ///< The session is malformed: an error where one counts.
  std::string challenge;              ///< `WWW-Authenticate`, for a 401; may be empty.
  std::optional<after_command> after; ///< For a query.
  bool head = false;                 ///< Answer without the body.
  std::optional<long> preferred;     ///< Seconds of `Prefer: wait` as applied, for `Preference-Applied`.
  std::string if_none_match;
  std::string trace_id;              ///< From traceparent; may be empty.
};

/// Maps a request to what it asks for (DESIGN.md, "HTTP"), after finding out who asks. The body is moved out of `request`.
http_call route(net::http_request& request, const http_settings& settings);

/// What to count it as.
route_class class_of(const http_call& call);

} // namespace tidings
