// SPDX-License-Identifier: MIT
#include "envelopes/errc.hpp"

#include <array>

#include <caf/atom.hpp>
#include <caf/make_message.hpp>
#include <caf/message.hpp>

namespace tidings {

namespace {

constexpr auto category = caf::atom("tidings");

struct row {
  errc code;
  std::string_view name;
  std::string_view title;
  uint16_t status;
};

// In the order of the enum: a code's row is at its value less one.
constexpr auto rows = std::array{
    row{errc::malformed_request, "malformed_request", "Malformed request", 400},
    row{errc::invalid_token, "invalid_token", "Invalid name", 400},
    row{errc::schema_violation, "schema_violation", "Schema violation", 422},
    row{errc::not_found, "not_found", "Not found", 404},
    row{errc::method_not_allowed, "method_not_allowed", "Method not allowed", 405},
    row{errc::request_timeout, "request_timeout", "Request timeout", 408},
    row{errc::payload_too_large, "payload_too_large", "Payload too large", 413},
    row{errc::uri_too_long, "uri_too_long", "Request target too long", 414},
    row{errc::unsupported_media_type, "unsupported_media_type", "Unsupported media type", 415},
    row{errc::expectation_failed, "expectation_failed", "Expectation failed", 417},
    row{errc::idempotency_mismatch, "idempotency_mismatch", "Idempotency key reused with another request", 422},
    row{errc::head_too_large, "head_too_large", "Request head too large", 431},
    row{errc::overloaded, "overloaded", "Overloaded", 503},
    row{errc::unavailable, "unavailable", "Unavailable", 503},
    row{errc::outcome_unknown, "outcome_unknown", "Outcome unknown", 503},
    row{errc::no_handler, "no_handler", "No handler available", 503},
    row{errc::handler_timeout, "handler_timeout", "Handler timeout", 504},
    row{errc::bad_reply, "bad_reply", "Bad reply from a service", 502},
    row{errc::subject_captured, "subject_captured", "A stream captures the subject", 502},
    row{errc::shutting_down, "shutting_down", "Shutting down", 503},
    row{errc::version_not_supported, "version_not_supported", "HTTP version not supported", 505},
    row{errc::internal, "internal", "Internal error", 500},
    row{errc::wrong_revision, "wrong_revision", "Wrong revision", 500},
    row{errc::bad_model, "bad_model", "Bad model", 500},
    row{errc::bad_configuration, "bad_configuration", "Bad configuration", 500},
    row{errc::storage_refused, "storage_refused", "Storage refused", 503},
    row{errc::not_visible_yet, "not_visible_yet", "Not visible yet", 504},
    row{errc::precondition_failed, "precondition_failed", "Precondition failed", 412},
    row{errc::unauthorized, "unauthorized", "Unauthorized", 401},
    row{errc::forbidden, "forbidden", "Forbidden", 403},
    row{errc::misdirected_request, "misdirected_request", "Misdirected request", 421},
    row{errc::too_many_requests, "too_many_requests", "Too many requests", 429},
    row{errc::not_acceptable, "not_acceptable", "Not acceptable", 406},
    row{errc::backlog_full, "backlog_full", "Too many commands wait", 503},
};

constexpr bool in_order() {
  for (size_t i = 0; i < rows.size(); ++i)
    if (static_cast<size_t>(rows[i].code) != i + 1) return false;
  return true;
}
static_assert(in_order());

constexpr bool is_known(uint8_t code) { return code >= 1 && code <= rows.size(); }

const row& row_of(errc code) {
  auto value = static_cast<uint8_t>(code);
  return rows[is_known(value) ? value - 1u : static_cast<size_t>(errc::internal) - 1u];
}

std::string render(uint8_t code, caf::atom_value, const caf::message& context) {
  auto text = std::string{to_string(static_cast<errc>(code))};
  if (!context.match_elements<failure>()) return text;
  const auto& what = context.get_as<failure>(0);
  if (!what.detail.empty()) text += ": " + what.detail;
  for (const auto& e : what.errors)
    text += " [" + e.pointer + ": " + e.message + "]";
  return text;
}

} // namespace

std::string_view to_string(errc code) { return row_of(code).name; }

std::string_view title_of(errc code) { return row_of(code).title; }

uint16_t http_status_of(errc code) { return row_of(code).status; }

bool worth_retrying(errc code) {
  auto status = http_status_of(code);
  return status == 503 || status == 429;
}

caf::error make_error(errc code, std::string detail) { return make_error(code, failure{std::move(detail), {}}); }

caf::error make_error(errc code, failure what) {
  // Most errors on the hot path say nothing more than their code: no message, no allocation.
  if (what == failure{}) return {static_cast<uint8_t>(code), category};
  return {static_cast<uint8_t>(code), category, caf::make_message(std::move(what))};
}

errc code_of(const caf::error& e) {
  if (!e || e.category() != category || !is_known(e.code())) return errc::internal;
  return static_cast<errc>(e.code());
}

failure failure_of(const caf::error& e) {
  if (!e || e.category() != category || !e.context().match_elements<failure>()) return {};
  return e.context().get_as<failure>(0);
}

void register_errors(caf::actor_system_config& cfg) { cfg.add_error_category(category, render); }

} // namespace tidings
