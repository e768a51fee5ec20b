// SPDX-License-Identifier: MIT
#include "actors/nats_server.hpp"

#include <algorithm>
#include <csignal>
#include <fstream>

#include <sys/wait.h>

#include <spdlog/spdlog.h>

#include "envelopes/errc.hpp"
#include "net/activation.hpp"

namespace tidings {

using namespace std::chrono_literals;

namespace {

constexpr auto tick = 100ms;
constexpr auto stable_after = 5s; // a child that lived this long did not die of its configuration
constexpr milliseconds longest_pause{5'000};
constexpr auto patience = 10s; // from TERM to KILL: JetStream may have much to write

} // namespace

void nats_server_state::init(nats_server_options options, readiness_actor readiness) {
  options_ = std::move(options);
  readiness_ = std::move(readiness);
  start();
}

void nats_server_state::start() {
  started_ = self_->clock().now();
  std::vector<std::string> command{"nats-server", "-a", "127.0.0.1", "-p", std::to_string(options_.port), "-js", "-sd", options_.store,
                                   "-n", "tidings-embedded"};
  if (options_.sync_always) { // there is no argument for it
    auto file = options_.store + "/nats-server.conf";
    if (!(std::ofstream{file} << "jetstream { sync_interval: always }\n").flush()) {
      // Without it the server would start, and break the promise.
      spdlog::error("nats-server is not started: {} cannot be written", file);
      self_->send(readiness_, component_state{"nats-server", false, file + " cannot be written"});
      return;
    }
    command.insert(command.end(), {"-c", file});
  }
  auto child = net::child_process::start(
    *options_.io, command, options_.store + "/nats-server.log", [this, self = nats_server_actor{self_}, raw = self_](int status) {
      net::activate(raw, [&] { on_exit(status); });
    });
  if (child) {
    child_ = std::move(*child);
    self_->send(readiness_, component_state{"nats-server", true, {}});
    return;
  }
  spdlog::error("nats-server cannot be started: {}", failure_of(child.error()).detail);
  self_->send(readiness_, component_state{"nats-server", false, failure_of(child.error()).detail});
}

void nats_server_state::on_exit(int status) {
  child_.reset();
  if (stopping_) {
    if (stopped_.pending()) stopped_.deliver(true);
    return;
  }
  auto how = WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status)) : "exit code " + std::to_string(WEXITSTATUS(status));
  spdlog::error("nats-server ended ({}); starting it again. Its log: {}/nats-server.log", how, options_.store);
  self_->send(readiness_, component_state{"nats-server", false, "ended with " + how});
  quick_deaths_ = self_->clock().now() - started_ < stable_after ? quick_deaths_ + 1 : 0;
}

void nats_server_state::on_tick() {
  auto now = self_->clock().now();
  if (stopping_) {
    if (child_ && now >= stop_deadline_) child_->signal(SIGKILL);
  } else if (!child_) {
    auto pause = quick_deaths_ == 0 ? 0ms : std::min<milliseconds>(100ms * (1U << std::min(quick_deaths_, 6U)), longest_pause);
    if (now - started_ >= pause) start();
  }
  self_->delayed_send(self_, tick, tick_atom::value);
}

caf::result<bool> nats_server_state::stop() {
  stopping_ = true;
  stopped_ = self_->make_response_promise<bool>();
  auto promise = stopped_;
  if (child_) {
    stop_deadline_ = self_->clock().now() + patience;
    child_->signal(SIGTERM);
  } else {
    stopped_.deliver(true);
  }
  return promise;
}

nats_server_actor::behavior_type nats_server(nats_server_ptr self, nats_server_options options, readiness_actor readiness) {
  self->state.init(std::move(options), std::move(readiness));
  self->delayed_send(self, tick, tick_atom::value);
  return {
    [self](stop_atom) { return self->state.stop(); },
    [self](tick_atom) { self->state.on_tick(); },
  };
}

} // namespace tidings
