// SPDX-License-Identifier: MIT
#include <csignal>
#include <cstdlib>
#include <iostream>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/backlog_watch.hpp"
#include "actors/command_bus.hpp"
#include "actors/command_handler.hpp"
#include "actors/event_stream.hpp"
#include "actors/http_listener.hpp"
#include "actors/kv_projector.hpp"
#include "actors/nats_gateway.hpp"
#include "actors/nats_server.hpp"
#include "actors/notification_hub.hpp"
#include "actors/query_bus.hpp"
#include "actors/reactor.hpp"
#include "actors/reactor_lease.hpp"
#include "actors/remote_command_handler.hpp"
#include "actors/request_forwarder.hpp"
#include "actors/service_directory.hpp"
#include "actors/service_endpoint.hpp"
#include "actors/read_model.hpp"
#include "actors/readiness.hpp"
#include "actors/stream_keeper.hpp"
#include "app/assets.hpp"
#include "app/contract_files.hpp"
#include "app/front_door.hpp"
#include "app/log.hpp"
#include "app/reloader.hpp"
#include "app/serve_options.hpp"
#include "app/shutdown.hpp"
#include "app/startup.hpp"
#include "app/version.hpp"
#include "envelopes/errc.hpp"
#include "envelopes/shown_url.hpp"
#include "net/io_scheduler.hpp"
#include "net/nats_login.hpp"

namespace tidings {

using namespace std::chrono_literals;

namespace {

int refuse_to_start(const std::string& sentence) {
  std::cerr << "tidings: " << sentence << '\n';
  return 2;
}

/// Everything a running gateway is made of, and how it starts and stops.
class gateway_process {
public:
  gateway_process(boost::asio::io_context& io, caf::actor_system& system, catalog_ptr models, const serve_options& options,
                  std::shared_ptr<gatekeeper> door, std::shared_ptr<net::tls_identity> tls)
      : io_{io}, system_{system}, models_{std::move(models)}, options_{options}, door_{std::move(door)}, tls_{std::move(tls)}, signals_{io, SIGINT, SIGTERM},
        reloads_{io, options.door, door_, tls_}, poll_{io} {}

  void spawn(std::shared_ptr<boost::asio::ip::tcp::acceptor> acceptor, uint16_t embedded_port, uint64_t open_files);
  void announce(std::string text);
  void stop_on_signal();
  int exit_code() const noexcept { return exit_code_; }

private:
  void spawn_reactor(const std::map<std::string, read_model_actor>& read_models);
  /// Holds on to an actor that nothing here talks to, until the end.
  template <class Handle>
  void keep(const Handle& part) {
    others_.push_back(caf::actor_cast<caf::strong_actor_ptr>(part));
  }
  /// A part that ends by itself ends the process.
  void end_with(const caf::strong_actor_ptr& part);
  void stop();
  void end();
  void wait_for_the_last_actor();

  boost::asio::io_context& io_;
  caf::actor_system& system_;
  catalog_ptr models_;
  metrics_ptr counts_ = std::make_shared<metrics>(*models_);
  const serve_options& options_;
  std::shared_ptr<gatekeeper> door_;
  std::shared_ptr<net::tls_identity> tls_; // null: plain HTTP
  boost::asio::signal_set signals_;
  reloader reloads_;
  boost::asio::steady_timer poll_;
  running_parts parts_;
  std::vector<caf::strong_actor_ptr> others_;
  bool stopping_ = false;
  int exit_code_ = 0;
};

void gateway_process::spawn(std::shared_ptr<boost::asio::ip::tcp::acceptor> acceptor, uint16_t embedded_port, uint64_t open_files) {
  bool reacts = has_role(options_, "reactor");
  bool serves = has_role(options_, "gateway");
  std::vector<std::string> expected{"nats", "streams", "notifications"};
  if (reacts) expected.push_back("reactor");
  for (auto& model : models_->models()) expected.push_back("read model " + model->bucket.str());
  auto url = options_.nats;
  parts_.readiness = system_.spawn(readiness, std::move(expected));
  if (embedded_port != 0) {
    url = "nats://127.0.0.1:" + std::to_string(embedded_port);
    parts_.server = system_.spawn(nats_server, nats_server_options{&io_, options_.store, embedded_port, options_.promise == durability::fsync}, parts_.readiness);
  }
  parts_.gateway = system_.spawn(nats_gateway, &io_, net::nats_options{url, "tidings", options_.nats_secrets}, parts_.readiness, counts_);
  parts_.hub = system_.spawn(notification_hub, notification_hub_options{parts_.gateway, parts_.readiness, counts_,
                                                                       serves ? outcome_history::limits{} : outcome_history::limits{0, 0}});
  std::map<std::string, read_model_actor> read_models;
  stream_keeper_options streams{wanted_streams(*models_, replicas_of(options_.promise)), {parts_.hub}, [this](const std::string& why) {
    exit_code_ = refuse_to_start(why);
    stop();
  }, counts_, options_.promise, promise_of(options_.promise, embedded_port != 0)};
  for (auto& model : models_->models()) {
    auto copy = system_.spawn(read_model, model, parts_.gateway, parts_.readiness);
    read_models.emplace(model->bucket.str(), copy);
    streams.listeners.push_back(copy);
    keep(copy);
  }
  if (reacts) {
    spawn_reactor(read_models);
    streams.listeners.push_back(parts_.reactor);
    parts_.lease = system_.spawn(reactor_lease, reactor_lease_options{parts_.gateway, parts_.reactor, embedded_port != 0});
    streams.listeners.push_back(parts_.lease);
  }
  // A process that only reacts answers /healthz and /readyz and knows no commands.
  auto served = serves ? models_ : *catalog::make({});
  auto forwarder = system_.spawn(request_forwarder, request_forwarder_options{.gateway = parts_.gateway, .counts = counts_});
  keep(forwarder);
  parts_.commands = system_.spawn(command_bus, command_bus_options{.models = served, .gateway = parts_.gateway, .hub = parts_.hub, .reactor = parts_.reactor, .forwarder = forwarder, .counts = counts_});
  if (serves) keep(system_.spawn(backlog_watch, backlog_watch_options{parts_.gateway, parts_.commands, options_.max_backlog, counts_}));
  auto queries = system_.spawn(query_bus, served, std::move(read_models), forwarder);
  keep(queries);
  for (auto& model : served->models()) {
    parts_.endpoints.push_back(system_.spawn(service_endpoint, service_endpoint_options{model, parts_.gateway, parts_.commands, queries, counts_}));
    keep(parts_.endpoints.back());
  }
  keep(system_.spawn(stream_keeper, parts_.gateway, parts_.readiness, std::move(streams)));
  auto directory = system_.spawn(service_directory, parts_.gateway);
  keep(directory);
  http_settings settings{served, milliseconds{options_.default_wait_ms}, milliseconds{options_.max_wait_ms}, options_.demo, {}, door_, {},
                         front_door::make_edge(options_.door, !acceptor->local_endpoint().address().is_loopback())};
  settings.secure_cookies = tls_ != nullptr;
  if (options_.door.rate_limit > 0) settings.quota = std::make_shared<request_quota>(options_.door.rate_limit);
  auto places = front_door::make_places(options_.door);
  if (serves) {
    settings.assets = page_assets();
    settings.assets.merge(contract_files(settings, places.get()));
  }
  auto refetch = refetch_list(*settings.models);
  auto services = std::make_shared<const http_services>(
    http_services{std::move(settings), parts_.commands, queries, parts_.hub, parts_.readiness, parts_.gateway, directory,
                  std::move(refetch), counts_, std::move(places)});
  parts_.listener = system_.spawn(http_listener, http_listener_options{std::move(acceptor), std::move(services), parts_.gateway, {},
                                                                          front_door::connections_of(options_.door, open_files),
                                                                          options_.door.max_per_address, tls_});
  for (auto& other : others_) end_with(other);
  end_with(caf::actor_cast<caf::strong_actor_ptr>(parts_.readiness));
  end_with(caf::actor_cast<caf::strong_actor_ptr>(parts_.listener));
  end_with(caf::actor_cast<caf::strong_actor_ptr>(parts_.commands));
  end_with(caf::actor_cast<caf::strong_actor_ptr>(parts_.hub));
  if (parts_.reactor) end_with(caf::actor_cast<caf::strong_actor_ptr>(parts_.reactor));
  end_with(caf::actor_cast<caf::strong_actor_ptr>(parts_.gateway));
  caf::anon_send(parts_.gateway, start_atom::value);
  reloads_.start();
}

void gateway_process::end_with(const caf::strong_actor_ptr& part) {
  part->get()->attach_functor([this, part_name = std::string{static_cast<caf::local_actor*>(part->get())->name()}](const caf::error& why) {
    if (stopping_) return;
    // Half a gateway would accept what it cannot finish.
    spdlog::critical("{} ended: {}", part_name, system_.render(why));
    exit_code_ = 1;
    stop();
  });
}

void gateway_process::spawn_reactor(const std::map<std::string, read_model_actor>& read_models) {
  std::map<std::string, kv_projector_actor> projectors;
  for (auto& model : models_->models()) {
    kv_projector_options projection{model, parts_.gateway, read_models.at(model->bucket.str()), {}};
    for (auto& [type, spec] : model->commands) {
      command_handler_actor handler = spec.handler ? command_handler_actor{system_.spawn(remote_command_handler, parts_.gateway, *spec.handler)}
                                                    : system_.spawn(model_command_handler);
      projection.handlers.emplace(type, handler);
      keep(handler);
    }
    auto projector = system_.spawn(kv_projector, std::move(projection));
    projectors.emplace(model->bucket.str(), projector);
    keep(projector);
  }
  parts_.reactor = system_.spawn(reactor, reactor_options{models_, parts_.gateway, parts_.readiness, std::move(projectors), 1024, true, counts_});
}

void gateway_process::stop_on_signal() {
  signals_.async_wait([this](boost::system::error_code ec, int number) {
    if (ec) return;
    // A second signal means now. The embedded server dies with us: the kernel sees to that.
    if (stopping_) std::_Exit(128 + number);
    spdlog::info("signal {}: stopping", number);
    stop();
    stop_on_signal();
  });
}

void gateway_process::stop() {
  if (stopping_) return;
  stopping_ = true;
  system_.spawn(shutdown_sequence, parts_, [this] { end(); });
}

void gateway_process::end() {
  for (auto& other : others_) caf::anon_send_exit(other, caf::exit_reason::user_shutdown);
  auto exit = [](auto& handle) {
    if (handle) caf::anon_send_exit(handle, caf::exit_reason::user_shutdown);
  };
  exit(parts_.listener);
  exit(parts_.commands);
  exit(parts_.hub);
  exit(parts_.reactor);
  exit(parts_.lease);
  exit(parts_.gateway);
  exit(parts_.server);
  exit(parts_.readiness);
  parts_ = {};
  others_.clear();
  wait_for_the_last_actor();
}

void gateway_process::wait_for_the_last_actor() {
  if (system_.registry().running() == 0) {
    signals_.cancel();
    reloads_.stop();
    io_.stop();
    return;
  }
  poll_.expires_after(2ms);
  poll_.async_wait([this](boost::system::error_code) { wait_for_the_last_actor(); });
}

/// Says once that the gateway is ready, and how to try it.
caf::behavior announcer(caf::event_based_actor* self, readiness_actor readiness, std::string text) {
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

void gateway_process::announce(std::string text) {
  system_.spawn(announcer, parts_.readiness, std::move(text));
}

std::string try_it(const catalog& models, const std::string& url) {
  for (auto& model : models.models())
    if (model->commands.contains("CreateLocation"))
      return "Ready. Try:\n  curl -s " + url + "/locations -H 'Content-Type: application/json' -H 'Prefer: wait=5' \\\n"
             "    -d '{\"name\":\"Falmouth\",\"category\":\"Town\",\"description\":\"By the sea\"}'\n";
  return "Ready.\n";
}

} // namespace

int serve(const serve_options& options) {
  if (auto why = startup::check_durability(options.promise, options.nats); !why.empty()) return refuse_to_start(why);
  auto models = startup::load_models(options.models);
  if (!models) return refuse_to_start(failure_of(models.error()).detail);
  if (auto err = net::nats_login{options.nats_secrets}.check()) return refuse_to_start(failure_of(err).detail);
  boost::asio::io_context io{1}; // outlives the actor system
  auto acceptor = startup::listen(io, options.listen);
  if (!acceptor) return refuse_to_start(failure_of(acceptor.error()).detail);
  auto served = has_role(options, "gateway") ? models : catalog::make({});
  auto beyond_loopback = !(*acceptor)->local_endpoint().address().is_loopback();
  if (auto err = front_door::check(options.door, **served, beyond_loopback)) return refuse_to_start(failure_of(err).detail);
  auto door = front_door::make_gatekeeper(io, options.door);
  if (!door) return refuse_to_start(failure_of(door.error()).detail);
  std::shared_ptr<net::tls_identity> tls;
  if (!options.door.tls_certificate.empty()) {
    tls = std::make_shared<net::tls_identity>(options.door.tls_certificate, options.door.tls_key);
    if (auto err = tls->load()) return refuse_to_start(failure_of(err).detail);
  }
  std::unique_ptr<startup::store_lock> lock;
  uint16_t embedded_port = 0;
  if (options.nats == "embedded") {
    if (auto missing = startup::check_nats_server()) return refuse_to_start(failure_of(missing).detail);
    auto held = startup::store_lock::acquire(options.store);
    if (!held) return refuse_to_start(failure_of(held.error()).detail);
    lock = std::move(*held);
    auto port = startup::free_port(io);
    if (!port) return refuse_to_start(failure_of(port.error()).detail);
    embedded_port = *port;
  }
  start_log(options.log_level, options.log_format == "json" ? log_style::json_lines : log_style::text);
  std::signal(SIGPIPE, SIG_IGN);
  auto open_files = startup::raise_open_files();
  spdlog::debug("{} files may be open", open_files);
  caf::actor_system_config config;
  register_errors(config);
  net::io_scheduler::install(config, io);
  caf::actor_system system{config};
  gateway_process process{io, system, *models, options, std::move(*door), tls};
  auto endpoint = (*acceptor)->local_endpoint();
  auto host = endpoint.address().is_v6() ? '[' + endpoint.address().to_string() + ']' : endpoint.address().to_string();
  auto url = (tls ? "https://" : "http://") + host + ':' + std::to_string(endpoint.port());
  process.spawn(std::move(*acceptor), embedded_port, open_files);
  std::cout << "Tidings " << TIDINGS_VERSION << " listens on " << url << '\n';
  if (embedded_port != 0) std::cout << "NATS: embedded at nats://127.0.0.1:" << embedded_port << ", store " << options.store << '\n';
  else std::cout << "NATS: " << without_secrets(options.nats) << '\n';
  std::cout << std::flush;
  process.announce(try_it(**models, url));
  process.stop_on_signal();
  io.run();
  return process.exit_code();
}

} // namespace tidings
