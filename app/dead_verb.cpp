// SPDX-License-Identifier: MIT
#include "app/dead_verb.hpp"

#include <iostream>
#include <set>

#include "actors/headers.hpp"
#include "app/dead_letter_box.hpp"
#include "app/printable.hpp"
#include "envelopes/errc.hpp"
#include "envelopes/token.hpp"
#include "net/nats_login.hpp"

namespace tidings {

namespace {

using deed = dead_options::deed;

int complain(const std::string& sentence, int code) {
  std::cerr << "tidings: " << printable(sentence) << '\n';
  return code;
}

/// The letter as one JSON object: what headers say, and the command as it was, or as text when it is none.
json to_document(const dead_letter& x) {
  json result = {{"time", x.time},     {"type", x.type},       {"id", x.id},
                 {"reason", x.reason}, {"attempts", x.attempts}, {"retries", x.retry},
                 {"subject", x.subject}, {"command_sequence", x.command_sequence}, {"sequence", x.sequence}};
  json headers = json::object();
  for (auto& [name, value] : x.headers) headers[name] = value.str();
  result["headers"] = std::move(headers);
  auto command = json::parse(x.data, nullptr, false);
  if (command.is_discarded()) result["text"] = x.data;
  else result["command"] = std::move(command);
  return result;
}

/// Bytes that are no UTF-8 must not keep an operator from seeing the rest.
std::string text_of(const json& x, int indent = -1) {
  return x.dump(indent, ' ', false, json::error_handler_t::replace);
}

void print_line(const dead_letter& x) {
  std::cout << x.time << "  " << printable(x.type) << "  " << printable(x.id) << "  " << x.attempts << "  " << printable(x.reason)
            << '\n';
}

void print_all(const dead_letter& x) {
  auto field = [](const char* name, const std::string& value) {
    std::cout << name << std::string(12 - std::string_view{name}.size(), ' ') << printable(value) << '\n';
  };
  field("id", x.id);
  field("type", x.type);
  field("reason", x.reason);
  field("attempts", std::to_string(x.attempts));
  field("retries", std::to_string(x.retry));
  field("stored", x.time + " as COMMANDS " + std::to_string(x.command_sequence));
  field("subject", x.subject);
  for (auto* name : command_headers::kept)
    if (auto value = x.header(name); !value.empty()) std::cout << name << ": " << printable(value) << '\n';
  auto command = json::parse(x.data, nullptr, false);
  std::cout << '\n' << (command.is_discarded() ? printable(x.data) : text_of(command, 2)) << "\n";
}

int list(const dead_letter_box& box, const dead_options& options) {
  uint32_t count = 0;
  bool more = false;
  auto err = box.each({options.type, {}}, [&](dead_letter& x) -> caf::expected<bool> {
    if (count == options.limit) {
      more = true;
      return false;
    }
    ++count;
    if (options.as_json) std::cout << text_of(to_document(x)) << '\n';
    else print_line(x);
    return true;
  });
  std::cout << std::flush;
  if (err) return complain(failure_of(err).detail, 1);
  if (more) std::cerr << "there are more; --limit shows them\n";
  return 0;
}

/// Does one thing to the letters that `options` names.
template <class Act>
int for_each_named(const dead_letter_box& box, const dead_options& options, Act act) {
  dead_letter_box::selection which{options.type, options.id};
  if (!options.all) {
    // Two commands of different types may have been given one id by their sender.
    std::set<std::string> types;
    auto err = box.each(which, [&](dead_letter& x) -> caf::expected<bool> { return types.insert(x.type), true; });
    if (err) return complain(failure_of(err).detail, 1);
    if (types.empty()) return complain("there is no dead letter of " + options.id, 1);
    if (types.size() > 1) {
      std::string named;
      for (auto& type : types) named += (named.empty() ? "" : ", ") + type;
      return complain(options.id + " is the id of several: give --type, one of " + named, 2);
    }
  }
  uint64_t count = 0;
  auto err = box.each(which, [&](dead_letter& x) -> caf::expected<bool> {
    if (auto failed = act(x)) return failed;
    ++count;
    return true;
  });
  std::cout << std::flush;
  if (err) {
    auto done = options.all ? std::to_string(count) + " done before; " : std::string{};
    return complain(done + failure_of(err).detail, 1);
  }
  if (options.all) std::cerr << count << (count == 1 ? " letter\n" : " letters\n");
  return 0;
}

int show(const dead_letter_box& box, const dead_options& options) {
  return for_each_named(box, options, [&](const dead_letter& x) -> caf::error {
    if (options.as_json) std::cout << text_of(to_document(x)) << '\n';
    else print_all(x);
    return {};
  });
}

int retry(const dead_letter_box& box, const dead_options& options) {
  return for_each_named(box, options, [&](const dead_letter& x) -> caf::error {
    auto stored = box.put_back(x);
    if (!stored) {
      if (code_of(stored.error()) != errc::outcome_unknown) return stored.error();
      return make_error(errc::outcome_unknown, x.id + " may have been put back or not; its letter is kept, and to retry it again does "
                                                      "no harm: " + failure_of(stored.error()).detail);
    }
    // Only now: a letter whose command is not stored again is the only copy of it that anybody looks at.
    if (auto err = box.remove(x))
      return make_error(code_of(err), x.id + " was put back, but its letter is still there, and to retry it again does no harm: "
                                        + failure_of(err).detail);
    std::cout << "retried  " << printable(x.type) << "  " << printable(x.id) << "  as COMMANDS " << stored->sequence << '\n';
    return {};
  });
}

int drop(const dead_letter_box& box, const dead_options& options) {
  return for_each_named(box, options, [&](const dead_letter& x) -> caf::error {
    if (auto err = box.remove(x)) return err;
    std::cout << "dropped  " << printable(x.type) << "  " << printable(x.id) << '\n';
    return {};
  });
}

} // namespace

void add_dead_options(CLI::App& verb, dead_options& x) {
  verb.require_subcommand(1);
  auto token_text = CLI::Validator{[](const std::string& text) {
                                     return is_token(text) ? std::string{} : "may have 1 to 64 of A-Z, a-z, 0-9, _ and -";
                                   },
                                   ""};
  auto add = [&](const char* name, const char* what, deed then) {
    auto* sub = verb.add_subcommand(name, what);
    sub->option_defaults()->take_last();
    add_nats_options(*sub, x.nats.url, x.nats.secrets);
    sub->add_option("--timeout", x.timeout_ms, "Milliseconds for one call to NATS")->check(CLI::Range(1, 3'600'000))->capture_default_str();
    sub->add_option("--type", x.type, "Only commands of this type")->check(token_text);
    sub->callback([&x, then] { x.what = then; });
    return sub;
  };
  auto* listing = add("list", "One line each: time, type, id, attempts, reason", deed::list);
  listing->add_option("--limit", x.limit, "The most that are printed")->check(CLI::Range(1, 1'000'000'000))->capture_default_str();
  listing->add_flag("--json", x.as_json, "One object a line");
  auto* showing = add("show", "All there is to know of one", deed::show);
  showing->add_option("id", x.id, "Id of the command")->required()->check(token_text);
  showing->add_flag("--json", x.as_json, "As one object");
  auto* retrying = add("retry", "Puts the command back, to be executed again", deed::retry);
  auto* one = retrying->add_option("id", x.id, "Id of the command")->check(token_text);
  retrying->add_flag("--all", x.all, "Every command of --type")->needs("--type")->excludes(one);
  auto* dropping = add("drop", "Removes the letter; the command stays given up", deed::drop);
  dropping->add_option("id", x.id, "Id of the command")->required()->check(token_text);
}

int dead(const dead_options& options) {
  if (options.what == deed::retry && options.id.empty() && !options.all)
    return complain("dead retry needs an id, or --all with --type", 2);
  auto login = std::make_shared<net::nats_login>(options.nats.secrets);
  if (auto err = login->check()) return complain(failure_of(err).detail, 2);
  auto nats = client::connect(options.nats.url, std::move(login));
  if (!nats) return complain(failure_of(nats.error()).detail, 1);
  dead_letter_box box{nats_calls{std::move(*nats), std::chrono::milliseconds{options.timeout_ms}}};
  switch (options.what) {
    case deed::list: return list(box, options);
    case deed::show: return show(box, options);
    case deed::retry: return retry(box, options);
    case deed::drop: break;
  }
  return drop(box, options);
}

} // namespace tidings
