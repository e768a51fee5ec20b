// SPDX-License-Identifier: MIT
#include "envelopes/envelope_reader.hpp"

#include <utility>

#include "envelopes/json_text.hpp"
#include "envelopes/timestamp.hpp"
#include "envelopes/token.hpp"

namespace tidings {

namespace {

std::string expected(errc code, std::string_view what) {
  auto result = std::string{code == errc::bad_reply ? "Invalid response format" : "Invalid request format"};
  result += ": expected ";
  result += what;
  return result;
}

/// What may be sent by itself must also be readable in its envelope.
json_limits with_a_payload() {
  constexpr size_t most_fields = 32; // unknown ones are ignored
  json_limits result;
  ++result.depth;
  result.members += most_fields;
  return result;
}

} // namespace

envelope_reader::envelope_reader(std::string_view text, errc code) : code_{code} {
  auto parsed = parse_json(text, with_a_payload());
  if (!parsed) {
    error_ = code == code_of(parsed.error()) ? parsed.error() : make_error(code, failure_of(parsed.error()));
  } else if (!parsed->is_object()) {
    error_ = make_error(code, expected(code, "a JSON object"));
  } else {
    object_ = std::move(*parsed);
  }
}

std::string envelope_reader::text(std::string_view name) {
  auto* member = find(name);
  if (member != nullptr && member->is_string()) {
    auto& result = member->get_ref<std::string&>();
    if (result.size() <= max_text) return std::move(result);
  }
  refuse(name);
  return {};
}

std::string envelope_reader::token(std::string_view name) {
  auto result = text(name);
  if (!error_ && !is_token(result)) {
    auto admitted = token::admit(result, name);
    auto what = failure_of(admitted.error());
    what.errors.push_back({pointer_to(name), "must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -"});
    error_ = make_error(code_ == errc::malformed_request ? errc::invalid_token : code_, std::move(what));
  }
  return result;
}

std::string envelope_reader::timestamp(std::string_view name) {
  auto result = text(name);
  if (!is_rfc3339(result)) refuse(name);
  return result;
}

std::optional<std::string> envelope_reader::maybe_text(std::string_view name) {
  auto* member = find(name);
  if (member == nullptr || member->is_null()) return std::nullopt;
  if (member->is_string()) return std::move(member->get_ref<std::string&>());
  refuse(name);
  return std::nullopt;
}

std::optional<bool> envelope_reader::maybe_bool(std::string_view name) {
  auto* member = find(name);
  if (member != nullptr && member->is_boolean()) return member->get<bool>();
  if (member == nullptr || !member->is_null()) refuse(name);
  return std::nullopt;
}

std::optional<uint64_t> envelope_reader::maybe_unsigned(std::string_view name) {
  auto* member = find(name);
  if (member == nullptr || member->is_null()) return std::nullopt;
  if (member->is_number_unsigned()) return member->get<uint64_t>();
  refuse(name);
  return std::nullopt;
}

json envelope_reader::value(std::string_view name) {
  auto* member = find(name);
  if (member != nullptr) return std::move(*member);
  refuse(name);
  return {};
}

json envelope_reader::maybe_value(std::string_view name) {
  auto* member = find(name);
  return member != nullptr ? std::move(*member) : json{};
}

void envelope_reader::refuse(std::string_view name) {
  if (error_) return;
  auto detail = expected(code_, "'" + std::string{name} + "' field");
  error_ = make_error(code_, failure{std::move(detail), {{pointer_to(name), "is missing or has the wrong type"}}});
}

json* envelope_reader::find(std::string_view name) {
  if (!object_.is_object()) return nullptr;
  auto it = object_.find(name);
  return it != object_.end() ? &*it : nullptr;
}

} // namespace tidings
