// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "actors/messages.hpp"
#include "net/http_message.hpp"

namespace tidings {

/// What the router must know of the configuration.
struct http_settings {
  catalog_ptr models;
  milliseconds default_wait{0};   ///< Wait of a command without `Prefer: wait`.
  milliseconds max_wait{30'000};  ///< The most that `Prefer: wait` can ask for.
};

/// Is the process alive? `/healthz`.
struct health_check {};
/// Can it do its work? `/readyz`.
struct readiness_check {};
/// Which methods does the path take? OPTIONS.
struct options_check {
  std::string allow;
};
/// The path exists, the method does not.
struct method_refused {
  std::string allow;
};

/// A request, understood. Listener and cookie of the messages are still to be filled in.
struct http_call {
  std::variant<caf::error, submit_command, attach_command, ask_query, health_check, readiness_check, options_check, method_refused>
    what;
  bool head = false;                 ///< Answer without the body.
  std::optional<long> preferred;     ///< Seconds of `Prefer: wait` as applied, for `Preference-Applied`.
  std::string if_none_match;
  std::string trace_id;              ///< From traceparent; may be empty.
};

/// Maps a request to what it asks for (DESIGN.md, "HTTP"). Pure. The body is moved out of `request`.
http_call route(net::http_request& request, const http_settings& settings);

/// The 32 hex digits of a well-formed W3C traceparent; empty otherwise.
std::string trace_id_of(std::string_view traceparent);

} // namespace tidings
