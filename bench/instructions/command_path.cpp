// SPDX-License-Identifier: MIT
#include "bench/instructions/command_path.hpp"

#include <stdexcept>

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/command_bus.hpp"
#include "actors/kv_projector.hpp"
#include "actors/notification_hub.hpp"
#include "actors/reactor.hpp"
#include "actors/read_model.hpp"
#include "actors/readiness.hpp"
#include "bench/instructions/loopback_nats.hpp"
#include "envelopes/errc.hpp"
#include "envelopes/subjects.hpp"
#include "net/response_head.hpp"

namespace tidings::bench {

namespace {

command_listener::behavior_type collector(command_listener::pointer,
                                          std::shared_ptr<std::vector<command_answer>> answers) {
  return {[answers](const command_answer& x) { answers->push_back(x); }};
}

partition_listener::behavior_type deaf_owner(partition_listener::pointer) {
  return {[](const partition_report&) {}};
}

} // namespace

command_path::command_path(boost::asio::io_context& io, caf::actor_system& system, const std::string& model)
    : io_{io}, system_{system}, reader_{net::head_limits{}} {
  auto loaded = load_model(model, "the model");
  if (!loaded) throw std::runtime_error{failure_of(loaded.error()).detail};
  settings_.models = *catalog::make({*loaded});
  auto bucket = (*loaded)->bucket.str();
  auto keep = [this](auto actor) {
    actors_.push_back(caf::actor_cast<caf::strong_actor_ptr>(actor));
    return actor;
  };
  auto ready = keep(system.spawn(readiness, std::vector<std::string>{"reactor"}));
  auto gateway = keep(system.spawn(loopback_nats));
  auto hub = keep(system.spawn(notification_hub, notification_hub_options{.gateway = gateway, .readiness = ready}));
  auto table = keep(system.spawn(read_model, *loaded, gateway, ready));
  kv_projector_options projection;
  projection.model = *loaded;
  projection.gateway = gateway;
  projection.read_model = table;
  auto projector = keep(system.spawn(kv_projector, std::move(projection)));
  auto own = std::make_shared<own_commands>();
  auto owner = keep(system.spawn(deaf_owner));
  auto reactors = std::make_shared<std::vector<reactor_actor>>();
  for (uint32_t p = 0; p <= subjects::partitions; ++p)
    reactors->push_back(keep(system.spawn(reactor, reactor_options{.models = settings_.models, .gateway = gateway, .partition = p,
                                                                   .projectors = {{bucket, projector}}, .hub = hub, .own = own})));
  command_bus_options bus;
  bus.models = settings_.models;
  bus.gateway = gateway;
  bus.hub = hub;
  bus.reactors = reactors;
  bus.own = own;
  commands_ = keep(system.spawn(command_bus, std::move(bus)));
  client_ = keep(system.spawn(collector, answers_));
  io_.poll();
  caf::anon_send(hub, streams_ready{});
  caf::anon_send(table, streams_ready{});
  for (auto& consumer : *reactors) caf::anon_send(consumer, streams_ready{});
  caf::anon_send(reactors->back(), lease_change{true, {}, owner}); // of the whole stream, as a process alone has it
  io_.poll();
}

command_path::~command_path() {
  commands_ = nullptr;
  client_ = nullptr;
  for (auto& actor : std::exchange(actors_, {}))
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  while (system_.registry().running() > 0)
    io_.run_one_for(std::chrono::milliseconds{100});
}

std::string command_path::run(std::string_view request) {
  auto room = buffer_.prepare(request.size());
  std::copy(request.begin(), request.end(), static_cast<char*>(room.data()));
  buffer_.commit(request.size());
  if (auto err = reader_.advance(buffer_)) throw std::runtime_error{failure_of(err).detail};
  if (reader_.reached() != net::request_reader::progress::complete)
    throw std::runtime_error{"the request is not complete"};
  auto call = route(reader_.request(), settings_);
  auto* command = std::get_if<submit_command>(&call.what);
  if (command == nullptr) throw std::runtime_error{"the request is no command"};
  command->listener = client_;
  caf::anon_send(commands_, std::move(*command));
  // What is due by the clock comes in between, as in the real process.
  for (int turns = 0; answers_->empty(); ++turns) {
    if (turns > 10'000) throw std::runtime_error{"no answer came"};
    io_.poll_one();
  }
  io_.poll(); // the acknowledgement and what else trails behind
  auto answer = std::move(answers_->back());
  answers_->clear();
  if (answer.error || answer.status != outcome_status::completed)
    throw std::runtime_error{answer.error ? failure_of(answer.error).detail : *answer.document};
  net::http_response response;
  response.headers = {{"Cache-Control", "no-store"},
                      {"Preference-Applied", "wait=" + std::to_string(call.preferred.value_or(0))}};
  response.content_type = "application/json";
  response.shared_body = answer.document;
  reader_.reset();
  return net::outgoing_response{std::move(response), {}}.text();
}

} // namespace tidings::bench
