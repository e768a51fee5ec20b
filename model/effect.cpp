// SPDX-License-Identifier: MIT
#include "model/effect.hpp"

#include "envelopes/errc.hpp"
#include "envelopes/json_text.hpp"

namespace tidings {

namespace {

constexpr std::string_view created_at = "created_at";
constexpr std::string_view updated_at = "updated_at";

/// Strings as they are, since people read them; the rest as JSON.
std::string plain_text(const json& value) { return value.is_string() ? value.get<std::string>() : dump(value); }

rejection already_exists(const service_model& model, const token& key) {
  return {"already_exists", model.noun + " already exists with " + model.key + ": " + key.str()};
}

rejection missing(const service_model& model, const token& key) {
  return {"missing", "No " + model.noun + " with " + model.key + ": " + key.str()};
}

/// The payload as a document: the key first, `created_at` as given or else `since`.
json document_of(const service_model& model, const token& key, const json& payload, const json& since) {
  auto result = json(json::value_t::object);
  auto& members = result.get_ref<json::object_t&>();
  members.reserve(payload.size() + 2);
  members.emplace_back(model.key, key.str());
  for (const auto& member : payload.get_ref<const json::object_t&>())
    if (member.first != model.key) members.push_back(member);
  if (!payload.contains(created_at)) members.emplace_back(created_at, since);
  return result;
}

json merged(const service_model& model, const json& current, const json& payload, const std::string& timestamp) {
  auto patch = payload;
  // A document that changed its key would be two.
  patch.erase(model.key);
  auto result = current;
  result.merge_patch(patch);
  result[updated_at] = timestamp;
  return result;
}

json since_of(const json& current, const std::string& timestamp) {
  auto it = current.is_object() ? current.find(created_at) : current.end();
  return it != current.end() ? *it : json(timestamp);
}

/// Percent-encodes all but RFC 3986's unreserved characters: a value in a redirect stays within its path segment.
void append_url_escaped(std::string& out, std::string_view text) {
  constexpr auto digits = "0123456789ABCDEF";
  for (auto c : text) {
    auto byte = static_cast<unsigned char>(c);
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
        c == '_' || c == '~') {
      out += c;
    } else {
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 0x0f];
    }
  }
}

std::string expand_text(std::string_view text, json_slice document, bool as_url) {
  std::string result;
  auto add = [&](std::string_view said) {
    if (as_url) append_url_escaped(result, said);
    else result += said;
  };
  while (!text.empty()) {
    auto open = text.find('{');
    auto close = open == std::string_view::npos ? open : text.find('}', open);
    if (close == std::string_view::npos) break;
    result += text.substr(0, open);
    if (auto found = document.member(text.substr(open + 1, close - open - 1))) {
      if (auto plain = found->plain_string()) add(*plain);
      else if (auto value = found->value(); !value.is_null()) add(plain_text(value));
    }
    text.remove_prefix(close + 1);
  }
  return result += text;
}

void append_expanded(std::string& out, const json& value, json_slice document, bool as_url) {
  if (value.is_string()) return append_json_string(out, expand_text(value.get_ref<const std::string&>(), document, as_url));
  if (!value.is_structured()) return append_json(out, value);
  out += value.is_object() ? '{' : '[';
  for (auto i = value.begin(); i != value.end(); ++i) {
    if (value.is_object()) append_json_member(out, i.key());
    else if (i != value.begin()) out += ',';
    append_expanded(out, *i, document, as_url);
  }
  out += value.is_object() ? '}' : ']';
}

} // namespace

decision decide(const service_model& model, const command_spec& spec, const command_request& command,
                const json& current) {
  auto key = key_of(model, spec, command.payload, command.command_id);
  if (!key) {
    auto what = failure_of(key.error());
    return rejection{"invalid_payload", what.detail};
  }
  switch (spec.effect) {
  case command_effect::create:
    if (!current.is_null()) return already_exists(model, *key);
    return write_document{document_of(model, *key, command.payload, command.timestamp)};
  case command_effect::replace:
    return write_document{document_of(model, *key, command.payload, since_of(current, command.timestamp))};
  case command_effect::merge:
    if (current.is_null()) return missing(model, *key);
    return write_document{merged(model, current, command.payload, command.timestamp)};
  case command_effect::remove: break;
  }
  if (current.is_null()) return missing(model, *key);
  return remove_document{};
}

caf::expected<token> key_of(const service_model& model, const command_spec& spec, const json& payload,
                            std::string_view command_id) {
  auto refuse = [&](std::string pointer, std::string message) -> caf::error {
    auto detail = (pointer.empty() ? std::string{"The payload"} : pointer) + " " + message;
    return make_error(errc::schema_violation, failure{std::move(detail), {{std::move(pointer), std::move(message)}}});
  };
  if (!payload.is_object()) return refuse("", "must be an object");
  auto it = payload.find(model.key);
  if (it == payload.end()) {
    if (spec.effect != command_effect::create) return refuse(pointer_to(model.key), "is required");
    auto uuid = command_id.substr(command_id.starts_with("cmd-") && command_id.size() > 4 ? 4 : 0);
    return token::admit(uuid, "command id");
  }
  if (!it->is_string()) return refuse(pointer_to(model.key), "must be a string");
  auto result = token::admit(it->get_ref<const std::string&>(), "key");
  if (result) return result;
  return refuse(pointer_to(model.key), "must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -");
}

rejection not_unique(const service_model& model, std::string_view field, const json& value) {
  return {"not_unique", model.noun + " already exists with " + std::string{field} + ": " + plain_text(value)};
}

uint16_t http_status_of_rejection(std::string_view code) {
  if (code == "revision_mismatch") return 412;
  return code == "already_exists" || code == "conflict" || code == "missing" || code == "not_unique" ? 409 : 422;
}

std::string expand_actions(const std::vector<action>& templates, json_slice document) {
  std::string result = "[";
  std::string data;
  for (const auto& [type, form] : templates) {
    data.clear();
    append_expanded(data, form, document, type == "redirect");
    append_action(result, type, data);
  }
  return result += ']';
}

} // namespace tidings
