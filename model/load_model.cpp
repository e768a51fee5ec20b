// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "envelopes/errc.hpp"
#include "envelopes/subjects.hpp"
#include "model/model.hpp"
#include "model/model_reader.hpp"
#include "model/route_path.hpp"

namespace tidings {

namespace {

using std::chrono::milliseconds;

constexpr size_t longest_timeout = 600'000;

/// Names that mean something else in a list query's payload.
constexpr auto list_words = std::array<std::string_view, 4>{"limit", "sort", "cursor", "q"};

/// First segments of the gateway's own paths (DESIGN.md, "HTTP"); a route there would never be reached.
constexpr auto reserved_paths = std::array<std::string_view, 12>{
    "commands", "queries", "events", "session",  "services", "model",
    "healthz",  "readyz",  "metrics", "assets", "openapi.json", "asyncapi.json"};

milliseconds read_timeout(model_reader& in, const model_section& from, size_t otherwise) {
  return milliseconds{in.number(from, "timeout_ms", otherwise, 1, longest_timeout)};
}

// A subject of ours would send the request to a stream, or back to ourselves.
bool is_handler_subject(std::string_view text) {
  for (size_t i = 0;; ++i) {
    auto part = subjects::token_at(text, i);
    if (part.data() == nullptr) break;
    if (!is_token(part)) return false;
  }
  return !text.empty() && text.back() != '.' && !subjects::overlaps(subjects::command_log_filter, text) &&
         !subjects::overlaps(subjects::notification_filter, text) &&
         !subjects::overlaps(subjects::dead_letter_filter, text);
}

std::optional<remote_handler> read_handler(model_reader& in, const model_section& from) {
  auto handler = in.section(from, "handler");
  if (!handler) return std::nullopt;
  in.only(*handler, {"subject", "timeout_ms"});
  auto subject = in.text(*handler, "subject", "");
  if (!is_handler_subject(subject))
    in.fault(handler->pointer("subject"), "must be words of A-Z, a-z, 0-9, _ and - joined by dots, and none that "
                                          "Tidings keeps in a stream (commands.*.*.*, notifications.*.*, dead.*.*)");
  return remote_handler{std::move(subject), read_timeout(in, *handler, 5000)};
}

std::vector<action> read_actions(model_reader& in, const model_section& from) {
  std::vector<action> result;
  const auto* list = from.find("actions");
  if (list == nullptr) return result;
  auto at = from.pointer("actions");
  if (!list->is_array()) in.fault(at, "must be a list");
  for (size_t i = 0; list->is_array() && i < list->size(); ++i) {
    const auto& item = (*list)[i];
    auto item_at = at + "/" + std::to_string(i);
    if (!item.is_object()) {
      in.fault(item_at, "must be an object");
      break;
    }
    auto members = model_section{item, item_at};
    in.only(members, {"type", "data"});
    auto type = in.text(members, "type", "");
    if (type.empty()) in.fault(members.pointer("type"), "is required");
    result.push_back({std::move(type), item.value("data", json{})});
  }
  return result;
}

/// `"allow": ["role:editor"]`. An empty list would read like "nobody" and mean "everybody", so it is refused.
std::vector<std::string> read_allow(model_reader& in, const model_section& from) {
  constexpr std::string_view prefix = "role:";
  std::vector<std::string> roles;
  for (const auto& text : in.texts(from, "allow")) {
    if (!text.starts_with(prefix) || text.size() == prefix.size()) in.fault(from.pointer("allow"), "must be a list of roles like role:editor");
    else roles.push_back(text.substr(prefix.size()));
  }
  if (roles.empty() && from.find("allow") != nullptr) in.fault(from.pointer("allow"), "must name a role; without allow every caller may");
  return roles;
}

std::optional<command_effect> effect_of(std::string_view text) {
  if (text == "create") return command_effect::create;
  if (text == "replace") return command_effect::replace;
  if (text == "merge") return command_effect::merge;
  if (text == "delete") return command_effect::remove;
  return std::nullopt;
}

void read_command(model_reader& in, const token& type, const model_section& from, service_model& out) {
  in.only(from, {"effect", "schema", "actions", "handler", "timeout_ms", "description", "allow"});
  in.text(from, "description", "");
  auto effect = effect_of(in.text(from, "effect", ""));
  if (!effect) in.fault(from.pointer("effect"), "must be create, replace, merge or delete");
  command_spec spec{type,
                    effect.value_or(command_effect::create),
                    from.object.value("schema", json(true)),
                    in.schema(from, "schema"),
                    read_actions(in, from),
                    read_handler(in, from),
                    read_timeout(in, from, 10'000),
                    read_allow(in, from)};
  if (spec.handler && spec.handler->subject == subjects::command_bus(type))
    in.fault(from.pointer("handler"), "must not be the subject on which Tidings itself takes this command");
  out.commands.emplace(type.str(), std::move(spec));
}

void read_query(model_reader& in, const token& type, const model_section& from, service_model& out) {
  auto effect = in.text(from, "effect", "");
  if (effect == "get")
    in.only(from, {"effect", "schema", "timeout_ms", "description", "allow"});
  else if (effect == "list")
    in.only(from, {"effect", "schema", "timeout_ms", "description", "allow", "sort", "filters", "search", "limit", "max_limit"});
  else
    in.fault(from.pointer("effect"), "must be get or list");
  in.text(from, "description", "");
  query_spec spec{type,
                  effect == "list" ? query_effect::list : query_effect::get,
                  in.text(from, "sort", ""),
                  in.texts(from, "filters"),
                  in.texts(from, "search"),
                  0,
                  0,
                  read_timeout(in, from, 3000),
                  from.object.value("schema", json(true)),
                  in.schema(from, "schema"),
                  read_allow(in, from)};
  for (auto word : list_words)
    if (std::find(spec.filters.begin(), spec.filters.end(), word) != spec.filters.end())
      in.fault(from.pointer("filters"), "must not name limit, sort, cursor or q: they mean something in every list");
  auto most = in.number(from, "max_limit", 1000, 1, 10'000);
  spec.limit = in.number(from, "limit", std::min<size_t>(100, most), 1, 10'000);
  spec.max_limit = std::max(most, spec.limit);
  if (from.find("max_limit") != nullptr && spec.limit > most) in.fault(from.pointer("limit"), "is above max_limit");
  if (spec.sort == "-") in.fault(from.pointer("sort"), "must name a field");
  out.queries.emplace(type.str(), std::move(spec));
}

template <class ReadOne>
void read_types(model_reader& in, const model_section& from, std::string_view name, service_model& out,
                ReadOne read_one) {
  auto types = in.section(from, name);
  if (!types) return;
  for (const auto& member : types->object.items()) {
    auto at = types->pointer(member.key());
    auto type = token::admit(member.key(), "type");
    if (!type)
      in.fault(at, "must be named with 1 to 64 characters of A-Z, a-z, 0-9, _ and -");
    else if (auto members = in.section(*types, member.key()))
      read_one(in, *type, *members, out);
  }
}

/// Splits `METHOD /path/{param}` and checks each part; what is wrong comes back as a sentence.
std::string read_route(const std::string& text, route_spec& out) {
  auto space = text.find(' ');
  out.method = text.substr(0, space);
  constexpr auto queries = std::array<std::string_view, 2>{"GET", "POST"};
  constexpr auto commands = std::array<std::string_view, 4>{"POST", "PUT", "PATCH", "DELETE"};
  auto is_in = [&](const auto& methods) {
    return std::find(methods.begin(), methods.end(), out.method) != methods.end();
  };
  if (out.is_command && !is_in(commands)) return "must start with POST, PUT, PATCH or DELETE, as it leads to a command";
  if (!out.is_command && !is_in(queries)) return "must start with GET or POST, as it leads to a query";
  auto segments = split_path(space == std::string::npos ? "" : std::string_view{text}.substr(space + 1));
  if (!segments) return "must go on with a path like /locations/{id}";
  out.segments = std::move(*segments);
  if (is_parameter(out.segments.front())) return "must not start its path with a parameter";
  if (std::find(reserved_paths.begin(), reserved_paths.end(), out.segments.front()) != reserved_paths.end())
    return "must not start with a path of Tidings' own";
  std::vector<std::string> names;
  for (const auto& segment : out.segments) {
    if (!is_parameter(segment)) {
      if (segment.find_first_of("{}?#%/ ") != std::string::npos) return "has a segment that no path can have";
      continue;
    }
    auto name = std::string{parameter_name(segment)};
    if (!is_token(name)) return "has a parameter whose name is not of A-Z, a-z, 0-9, _ and -";
    if (std::find(names.begin(), names.end(), name) != names.end()) return "has two parameters of one name";
    names.push_back(std::move(name));
  }
  return {};
}

void read_routes(model_reader& in, const model_section& from, service_model& out) {
  auto routes = in.section(from, "routes");
  if (!routes) return;
  for (const auto& member : routes->object.items()) {
    auto at = routes->pointer(member.key());
    auto type = member.value().is_string() ? token::admit(member.value().get<std::string>(), "type")
                                           : make_error(errc::bad_model);
    auto is_command = type && out.commands.contains(type->str());
    if (!type || !(is_command || out.queries.contains(type->str()))) {
      in.fault(at, "must lead to a command or query of this file");
      return;
    }
    route_spec route{{}, {}, *type, is_command};
    if (auto what = read_route(member.key(), route); !what.empty()) in.fault(at, what);
    for (const auto& other : out.routes)
      if (other.method == route.method && same_shape(other.segments, route.segments))
        in.fault(at, "matches the same requests as another route");
    out.routes.push_back(std::move(route));
  }
}

std::string noun_of(const std::string& service) {
  auto result = service;
  if (result.size() > 2 && result.back() == 's' && result[result.size() - 2] != 's') result.pop_back();
  if (result.front() >= 'a' && result.front() <= 'z') result.front() = static_cast<char>(result.front() - 'a' + 'A');
  return result;
}

void add_properties(const json& schema, std::set<std::string, std::less<>>& out) {
  auto properties = schema.is_object() ? schema.find("properties") : schema.end();
  if (properties == schema.end()) return;
  for (const auto& member : properties->items())
    out.insert(member.key());
}

void collect_sortable(service_model& out) {
  out.sortable = {out.key, "created_at", "updated_at"};
  for (const auto& [type, spec] : out.commands)
    add_properties(spec.schema, out.sortable);
  for (const auto& [type, spec] : out.queries) {
    if (!spec.sort.empty()) out.sortable.insert(spec.sort.substr(spec.sort.front() == '-' ? 1 : 0));
    out.sortable.insert(spec.filters.begin(), spec.filters.end());
  }
}

} // namespace

caf::expected<model_ptr> load_model(std::string_view text, std::string_view name) {
  model_reader in{name};
  auto parsed = parse_json(text);
  if (!parsed) return make_error(errc::bad_model, std::string{name} + ": " + failure_of(parsed.error()).detail);
  auto root = model_section{*parsed, ""};
  if (!parsed->is_object()) {
    in.fault("", "must hold a JSON object");
    return in.error();
  }
  in.only(root, {"service", "bucket", "key", "noun", "unique", "commands", "queries", "routes", "description"});
  auto service = in.token(root, "service");
  auto bucket = root.find("bucket") != nullptr ? in.token(root, "bucket") : service;
  if (!service || !bucket) return in.error();
  if (bucket->str() == lease_bucket) in.fault("/bucket", "must not be tidings_leases, where Tidings keeps its own leases");
  auto model = std::make_shared<service_model>(service_model{*service, *bucket, {}, {}, {}, {}, {}, {}, {}, {}});
  in.text(root, "description", "");
  model->noun = in.text(root, "noun", noun_of(service->str()));
  model->key = in.text(root, "key", "id");
  if (model->key == "created_at" || model->key == "updated_at")
    in.fault("/key", "must not be created_at or updated_at, which Tidings sets itself");
  model->unique = in.texts(root, "unique");
  read_types(in, root, "commands", *model, read_command);
  read_types(in, root, "queries", *model, read_query);
  if (model->commands.empty() && model->queries.empty()) in.fault("", "must declare a command or a query");
  for (const auto& [type, spec] : model->queries)
    if (model->commands.contains(type)) in.fault("/queries/" + type, "has the name of a command");
  read_routes(in, root, *model);
  if (in.failed()) return in.error();
  collect_sortable(*model);
  model->source = std::move(*parsed);
  return model_ptr{std::move(model)};
}

} // namespace tidings
