// SPDX-License-Identifier: MIT
#include <algorithm>
#include <exception>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "app/client_verbs.hpp"
#include "app/dead_verb.hpp"
#include "app/nats_client_options.hpp"
#include "app/replay_verb.hpp"
#include "app/serve_options.hpp"
#include "app/version.hpp"
#include "app/watch.hpp"

namespace {

/// A file of plain `name=value` lines sets options of one verb: CLI11 would want the verb's name in front of each.
class flat_config : public CLI::ConfigINI {
public:
  explicit flat_config(std::string verb) : verb_{std::move(verb)} {}
  std::vector<CLI::ConfigItem> from_config(std::istream& in) const override {
    auto lines = CLI::ConfigINI::from_config(in);
    for (auto& line : lines)
      if (line.parents.empty()) line.parents = {verb_};
    return lines;
  }

private:
  std::string verb_;
};

bool is_verb(const CLI::App& app, const std::string& word) {
  auto verbs = app.get_subcommands([](const CLI::App*) { return true; });
  return std::any_of(verbs.begin(), verbs.end(), [&](const CLI::App* verb) { return verb->get_name() == word; });
}

} // namespace

int main(int argc, char** argv) {
  using namespace tidings;
  CLI::App app{"Tidings: a command and query gateway for NATS"};
  app.set_version_flag("--version", "Tidings " TIDINGS_VERSION);
  app.require_subcommand(1);
  app.option_defaults()->take_last(); // the last word counts, as in other programs
  serve_options options;
  auto* serve_verb = app.add_subcommand("serve", "Run the gateway");
  app.set_config("--config", "", "File with options, one name=value a line")->envname("TIDINGS_CONFIG")->check(CLI::ExistingFile);
  app.config_formatter(std::make_shared<flat_config>("serve"));
  app.allow_config_extras(false);
  serve_verb->fallthrough(); // so that --config may follow the verb
  add_serve_options(*serve_verb, options);
  client_options sending, asking;
  auto* send_verb = app.add_subcommand("send", "Send a command over NATS and wait for its outcome");
  add_send_options(*send_verb, sending);
  auto* query_verb = app.add_subcommand("query", "Ask a query over NATS");
  add_query_options(*query_verb, asking);
  watch_options watching;
  auto* watch_verb = app.add_subcommand("watch", "Follow a session's events in a terminal");
  add_watch_options(*watch_verb, watching);
  dead_options burying;
  auto* dead_verb = app.add_subcommand("dead", "Look at commands that were given up, retry or drop them");
  add_dead_options(*dead_verb, burying);
  replay_options replaying;
  auto* replay_verb = app.add_subcommand("replay", "Rebuild a bucket from the commands and swap it in");
  add_replay_options(*replay_verb, replaying);
  try {
    if (argc > 1 && argv[1][0] != '-' && !is_verb(app, argv[1]))
      throw CLI::ParseError{std::string{"there is no verb '"} + argv[1] + "'", 2};
    if (auto why = secret_in_arguments(argc, argv); !why.empty()) throw CLI::ParseError{why, 2};
    app.parse(argc, argv);
    if (*send_verb) return send(sending);
    if (*query_verb) return query(asking);
    if (*serve_verb) return serve(options);
    if (*watch_verb) return watch(watching);
    if (*dead_verb) return dead(burying);
    if (*replay_verb) return replay_bucket(replaying);
  } catch (const CLI::Success& e) { // --help, --version
    return app.exit(e);
  } catch (const CLI::ParseError& e) {
    std::cerr << "tidings: " << e.what() << "; see tidings --help\n";
    return 2;
  } catch (const std::exception& e) {
    std::cerr << "tidings: " << e.what() << '\n';
    return 1;
  }
}
