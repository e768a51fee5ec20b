// SPDX-License-Identifier: MIT
#include "app/client_verbs.hpp"

#include <fstream>
#include <iostream>
#include <iterator>

#include "client/bus.hpp"
#include "envelopes/errc.hpp"
#include "envelopes/token.hpp"
#include "net/nats_login.hpp"

namespace tidings {

namespace {

enum exit_codes : int { completed = 0, failed = 1, usage = 2, pending = 3 };

int complain(const std::string& sentence, exit_codes code) {
  std::cerr << "tidings: " << sentence << '\n';
  return code;
}

caf::expected<json> read_payload(const std::string& argument) {
  std::string text = argument;
  if (argument == "-") {
    text.assign(std::istreambuf_iterator<char>{std::cin}, {});
  } else if (argument.starts_with('@')) {
    std::ifstream in{argument.substr(1), std::ios::binary};
    if (!in) return make_error(errc::bad_configuration, "cannot read " + argument.substr(1));
    text.assign(std::istreambuf_iterator<char>{in}, {});
  }
  return parse_json(text);
}

int report(const caf::expected<client::answer>& answer) {
  if (!answer) {
    auto code = code_of(answer.error());
    auto exit = code == errc::invalid_token ? usage : code == errc::handler_timeout ? pending : failed;
    return complain(failure_of(answer.error()).detail, exit);
  }
  std::cout << answer->document << std::endl;
  switch (answer->status) {
  case outcome_status::completed: return completed;
  case outcome_status::pending: return pending;
  case outcome_status::failed: break;
  }
  return failed;
}

/// Runs `execute` with a connection and the payload, or says why not.
template <class Execute>
int run(const client_options& options, Execute execute) {
  if (!is_token(options.service_id))
    return complain("--service-id must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -", usage);
  auto payload = read_payload(options.payload);
  if (!payload) return complain("the payload: " + failure_of(payload.error()).detail, usage);
  auto login = std::make_shared<net::nats_login>(options.nats.secrets);
  if (auto err = login->check()) return complain(failure_of(err).detail, usage);
  auto nats = client::connect(options.nats.url, std::move(login));
  if (!nats) return complain(failure_of(nats.error()).detail, failed);
  return report(execute(std::move(*nats), *payload));
}

void add_common(CLI::App& verb, client_options& x, uint32_t timeout_ms) {
  x.timeout_ms = timeout_ms;
  verb.add_option("type", x.type, "Its type")->required();
  verb.add_option("payload", x.payload, "JSON, - for standard input, or @FILE")->capture_default_str();
  add_nats_options(verb, x.nats.url, x.nats.secrets);
  verb.add_option("--timeout", x.timeout_ms, "Milliseconds to wait")
      ->check(CLI::Range(1, 3'600'000))
      ->capture_default_str();
  verb.add_option("--service-id", x.service_id, "Who sends it")->capture_default_str();
}

} // namespace

void add_send_options(CLI::App& verb, client_options& x) {
  add_common(verb, x, 10'000);
  verb.add_option("--id", x.id, "Command id, to retry without doing it twice. Default: a new one");
}

void add_query_options(CLI::App& verb, client_options& x) { add_common(verb, x, 3'000); }

int send(const client_options& options) {
  if (!options.id.empty() && !is_token(options.id))
    return complain("--id must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -", usage);
  return run(options, [&](client::connection nats, const json& payload) {
    auto bus =
        client::command_bus{std::move(nats), client::milliseconds{options.timeout_ms}, options.service_id}.on_pending(
            [](const client::answer& x) {
              auto body = json::parse(x.document, nullptr, false);
              auto reached = body.find("stage");
              std::cerr << x.id << " is pending"
                        << (reached != body.end() && reached->is_string() ? ", " + reached->get<std::string>()
                                                                          : std::string{})
                        << std::endl;
            });
    return bus.execute(options.type, payload, options.id);
  });
}

int query(const client_options& options) {
  return run(options, [&](client::connection nats, const json& payload) {
    return client::query_bus{std::move(nats), client::milliseconds{options.timeout_ms}, options.service_id}.execute(
        options.type, payload);
  });
}

} // namespace tidings
