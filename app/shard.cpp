// SPDX-License-Identifier: MIT
#include "app/shard.hpp"

#include <chrono>
#include <iostream>
#include <utility>

#include <boost/asio/post.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/backlog_watch.hpp"
#include "actors/command_bus.hpp"
#include "actors/event_stream.hpp"
#include "actors/http_listener.hpp"
#include "actors/kv_projector.hpp"
#include "actors/nats_gateway.hpp"
#include "actors/nats_server.hpp"
#include "actors/notification_hub.hpp"
#include "actors/partition_owner.hpp"
#include "actors/process_reporter.hpp"
#include "actors/query_bus.hpp"
#include "actors/reactor.hpp"
#include "actors/read_model.hpp"
#include "actors/readiness.hpp"
#include "actors/remote_command_handler.hpp"
#include "actors/request_forwarder.hpp"
#include "actors/service_directory.hpp"
#include "actors/service_endpoint.hpp"
#include "actors/stream_keeper.hpp"
#include "app/assets.hpp"
#include "app/contract_files.hpp"
#include "app/front_door.hpp"
#include "envelopes/errc.hpp"
#include "envelopes/subjects.hpp"
#include "net/io_scheduler.hpp"

namespace tidings {

using namespace std::chrono_literals;

namespace {

caf::actor_system_config& prepare(caf::actor_system_config& config, boost::asio::io_context& io) {
  register_errors(config);
  net::io_scheduler::install(config, io);
  return config;
}

/// Says once that the process is ready, and how to try it.
caf::behavior announcer(caf::event_based_actor* self, readiness_source readiness, std::string text) {
  self->delayed_send(self, 50ms, tick_atom::value);
  return {[=](tick_atom) {
    self->request(readiness, caf::infinite, start_atom::value)
      .then(
        [=](const readiness_report& x) {
          bool stopping = !x.parts.empty() && x.parts.back().name == "process";
          if (x.ready) std::cout << text << std::flush;
          if (x.ready || stopping) self->quit();
          else self->delayed_send(self, 50ms, tick_atom::value);
        },
        [=](const caf::error&) { self->quit(); });
  }};
}

} // namespace

shard::shard(boost::asio::io_context& io, const process_parts& shared, shard_parts own)
    : io_{io}, shared_{shared}, own_{std::move(own)}, system_{prepare(config_, io)}, counts_{std::make_shared<metrics>(*own_.models)}, poll_{io} {
  // A process that only reacts answers /healthz and /readyz and knows no commands.
  served_ = has_role(shared_.options, "gateway") ? own_.models : *catalog::make({});
}

// ---- Start ---------------------------------------------------------------------------------------------------------

void shard::spawn() {
  spawn_nats();
  spawn_streams();
  spawn_buses();
  spawn_listener();
  for (auto& other : others_) end_with(other);
  end_with(caf::actor_cast<caf::strong_actor_ptr>(parts_.readiness));
  end_with(caf::actor_cast<caf::strong_actor_ptr>(parts_.listener));
  end_with(caf::actor_cast<caf::strong_actor_ptr>(parts_.commands));
  end_with(caf::actor_cast<caf::strong_actor_ptr>(parts_.hub));
  for (auto& x : reactors_) end_with(caf::actor_cast<caf::strong_actor_ptr>(x));
  if (parts_.partitions) end_with(caf::actor_cast<caf::strong_actor_ptr>(parts_.partitions));
  end_with(caf::actor_cast<caf::strong_actor_ptr>(parts_.gateway));
  caf::anon_send(parts_.gateway, start_atom::value);
}

void shard::spawn_nats() {
  auto& options = shared_.options;
  std::vector<std::string> expected{"nats", "streams", "notifications"};
  if (has_role(options, "reactor")) expected.push_back("reactor");
  for (auto& model : own_.models->models()) expected.push_back("read model " + model->bucket.str());
  parts_.readiness = system_.spawn(readiness, std::move(expected));
  auto url = options.nats;
  if (shared_.embedded_port != 0) {
    url = "nats://127.0.0.1:" + std::to_string(shared_.embedded_port);
    // The kernel ends the child with the thread that started it: that must be the one that ends last.
    if (own_.number == 0) server_ = system_.spawn(nats_server, nats_server_options{&io_, options.store, shared_.embedded_port, options.promise == durability::fsync}, parts_.readiness);
  }
  auto name = is_alone() ? std::string{"tidings"} : "tidings-" + std::to_string(own_.number);
  parts_.gateway = system_.spawn(nats_gateway, &io_, net::nats_options{url, std::move(name), options.nats_secrets}, parts_.readiness, counts_);
  parts_.hub = system_.spawn(notification_hub, notification_hub_options{parts_.gateway, parts_.readiness, counts_,
                                                                        has_role(options, "gateway") ? outcome_history::limits{} : outcome_history::limits{0, 0}});
}

void shard::spawn_streams() {
  stream_keeper_options streams{wanted_streams(*own_.models, replicas_of(shared_.options.promise)), {parts_.hub}, [this](const std::string& why) {
    ending_ = true;
    own_.fail(2, why);
  }, counts_, shared_.options.promise, promise_of(shared_.options.promise, shared_.embedded_port != 0)};
  for (auto& model : own_.models->models()) {
    auto copy = keep(system_.spawn(read_model, model, parts_.gateway, parts_.readiness));
    read_models_.emplace(model->bucket.str(), copy);
    streams.listeners.push_back(copy);
  }
  if (has_role(shared_.options, "reactor")) {
    spawn_reactors();
    streams.listeners.insert(streams.listeners.end(), reactors_.begin(), reactors_.end());
    streams.listeners.push_back(parts_.partitions);
  }
  keep(system_.spawn(stream_keeper, parts_.gateway, parts_.readiness, std::move(streams)));
}

void shard::spawn_reactors() {
  own_commands_ = std::make_shared<own_commands>();
  std::map<std::string, kv_projector_actor> projectors;
  for (auto& model : own_.models->models()) {
    kv_projector_options projection{model, parts_.gateway, read_models_.at(model->bucket.str()), {}};
    for (auto& [type, spec] : model->commands)
      if (spec.handler) projection.handlers.emplace(type, keep(system_.spawn(remote_command_handler, parts_.gateway, *spec.handler)));
    projectors.emplace(model->bucket.str(), keep(system_.spawn(kv_projector, std::move(projection))));
  }
  std::vector<read_model_actor> copies;
  for (auto& [bucket, copy] : read_models_) copies.push_back(copy);
  for (uint32_t p = 0; p <= subjects::partitions; ++p) // the last is for all of them
    reactors_.push_back(system_.spawn(reactor, reactor_options{own_.models, parts_.gateway, p, projectors, p == subjects::partitions ? 1024U : 512U, counts_, parts_.hub, own_commands_}));
  parts_.partitions = system_.spawn(partition_owner, partition_owner_options{parts_.gateway, parts_.readiness, {reactors_.begin(), reactors_.end()}, copies,
                                                                             shared_.id, own_.number, shared_.embedded_port != 0});
}

void shard::spawn_buses() {
  auto forwarder = keep(system_.spawn(request_forwarder, request_forwarder_options{.gateway = parts_.gateway, .counts = counts_}));
  command_bus_options bus{.models = served_, .gateway = parts_.gateway, .hub = parts_.hub, .forwarder = forwarder, .counts = counts_, .own = own_commands_};
  if (!reactors_.empty()) bus.reactors = std::make_shared<const std::vector<reactor_actor>>(reactors_);
  parts_.commands = system_.spawn(command_bus, std::move(bus));
  if (has_role(shared_.options, "gateway")) keep(system_.spawn(backlog_watch, backlog_watch_options{parts_.gateway, parts_.commands, shared_.options.max_backlog, counts_}));
  queries_ = keep(system_.spawn(query_bus, served_, std::move(read_models_), forwarder));
  for (auto& model : served_->models())
    parts_.endpoints.push_back(keep(system_.spawn(service_endpoint, service_endpoint_options{model, parts_.gateway, parts_.commands, queries_, counts_})));
}

void shard::spawn_listener() {
  auto& options = shared_.options;
  auto directory = keep(system_.spawn(service_directory, parts_.gateway));
  http_settings settings{served_, milliseconds{options.default_wait_ms}, milliseconds{options.max_wait_ms}, options.demo, {}, own_.door, shared_.quota,
                         front_door::make_edge(options.door, !own_.acceptor->local_endpoint().address().is_loopback())};
  settings.secure_cookies = shared_.tls != nullptr;
  if (has_role(options, "gateway")) {
    settings.assets = page_assets();
    settings.assets.merge(contract_files(settings, shared_.callers.get()));
  }
  auto refetch = refetch_list(*settings.models);
  readiness_source ready = parts_.readiness;
  if (!is_alone()) {
    reporter_ = keep(system_.spawn(process_reporter, process_reporter_options{own_.number, parts_.readiness, counts_}));
    ready = reporter_;
  }
  auto services = std::make_shared<const http_services>(
    http_services{std::move(settings), parts_.commands, queries_, parts_.hub, std::move(ready), parts_.gateway, directory,
                  std::move(refetch), counts_, shared_.callers, reporter_});
  parts_.listener = system_.spawn(http_listener, http_listener_options{std::move(own_.acceptor), std::move(services), parts_.gateway, {},
                                                                       shared_.places, shared_.tls});
}

reporter_peer shard::line() {
  // Other shards get the way, not the handle: an actor is counted, and ended, on its own thread only.
  auto send = [this](auto x) {
    boost::asio::post(io_, [this, x = std::move(x)]() mutable {
      if (reporter_) caf::anon_send(reporter_, std::move(x));
    });
  };
  return {send, send};
}

void shard::join(reporter_peers all) {
  caf::anon_send(reporter_, std::move(all));
}

void shard::announce(std::string text) {
  system_.spawn(announcer, reporter_ ? readiness_source{reporter_} : readiness_source{parts_.readiness}, std::move(text));
}

// ---- End -----------------------------------------------------------------------------------------------------------

void shard::end_with(const caf::strong_actor_ptr& part) {
  part->get()->attach_functor([this, part_name = std::string{static_cast<caf::local_actor*>(part->get())->name()}](const caf::error& why) {
    if (ending_) return;
    ending_ = true;
    // Half a gateway would accept what it cannot finish.
    spdlog::critical("{} ended: {}", part_name, system_.render(why));
    own_.fail(1, {});
  });
}

void shard::stop(std::function<void()> drained) {
  ending_ = true;
  system_.spawn(shutdown_sequence, parts_, std::move(drained));
}

void shard::stop_server(std::function<void()> stopped) {
  if (!server_) return stopped();
  system_.spawn(stop_nats_server, server_, std::move(stopped));
}

void shard::end(std::function<void()> gone) {
  gone_ = std::move(gone);
  own_.door->forget_waiting();
  for (auto& other : others_) caf::anon_send_exit(other, caf::exit_reason::user_shutdown);
  auto exit = [](auto& handle) {
    if (handle) caf::anon_send_exit(handle, caf::exit_reason::user_shutdown);
  };
  exit(parts_.listener);
  exit(parts_.commands);
  exit(parts_.hub);
  for (auto& x : reactors_) exit(x);
  exit(parts_.partitions);
  exit(parts_.gateway);
  exit(server_);
  exit(parts_.readiness);
  parts_ = {};
  server_ = nullptr;
  reporter_ = nullptr;
  queries_ = nullptr;
  reactors_.clear();
  others_.clear();
  wait_for_the_last_actor();
}

void shard::wait_for_the_last_actor() {
  if (system_.registry().running() == 0) return gone_();
  poll_.expires_after(2ms);
  poll_.async_wait([this](boost::system::error_code) { wait_for_the_last_actor(); });
}

} // namespace tidings
