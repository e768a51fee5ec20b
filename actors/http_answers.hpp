// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "actors/http_router.hpp"

/// Responses made of what actors answered (DESIGN.md, "HTTP"). Pure.
namespace tidings::http_answers {

/// A document that has its own content type and no cache policy of its own.
net::http_response json_text(uint16_t status, std::string body, std::string_view cache_control);

/// An outcome, settled or pending.
/// @param call What was asked for. @param took Since the request came.
net::http_response outcome(const command_answer& x, const http_call& call, std::chrono::duration<double, std::milli> took);

/// A query's answer, or 304.
net::http_response query(query_answer& x, std::string_view if_none_match);

net::http_response readiness(const readiness_report& x);
/// @param page As render_metrics makes it.
net::http_response metrics(std::string page);

/// The models as written.
net::http_response models(const http_settings& settings);

/// A session that exists from now on.
net::http_response new_session(const http_settings& settings);

/// A ticket for one event stream.
net::http_response new_ticket(const std::string& ticket);

/// The page or a file of it, or 304.
net::http_response asset(const asset_request& x, const http_settings& settings, std::string_view if_none_match);

/// RFC 9457. @param command_id Of the command the error is about; may be empty.
net::http_response problem(const caf::error& why, std::string_view path, std::string_view trace_id, std::string_view command_id);

} // namespace tidings::http_answers
