// SPDX-License-Identifier: MIT
#include <exception>
#include <iostream>

#include <CLI/CLI.hpp>

#include "app/serve_options.hpp"
#include "app/version.hpp"

int main(int argc, char** argv) {
  using namespace tidings;
  CLI::App app{"Tidings: a command and query gateway for NATS"};
  app.set_version_flag("--version", "Tidings " TIDINGS_VERSION);
  app.require_subcommand(1);
  serve_options options;
  auto* serve_verb = app.add_subcommand("serve", "Run the gateway");
  serve_verb->set_config("--config", "", "File with options, one name=value a line")->envname("TIDINGS_CONFIG")->check(CLI::ExistingFile);
  add_serve_options(*serve_verb, options);
  try {
    app.parse(argc, argv);
    if (*serve_verb) return serve(options);
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
