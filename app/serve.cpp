// SPDX-License-Identifier: MIT
#include <csignal>
#include <iostream>
#include <thread>

#include <spdlog/spdlog.h>

#include "app/front_door.hpp"
#include "app/log.hpp"
#include "app/process.hpp"
#include "app/serve_options.hpp"
#include "app/startup.hpp"
#include "app/version.hpp"
#include "envelopes/errc.hpp"
#include "envelopes/ids.hpp"
#include "envelopes/shown_url.hpp"
#include "net/nats_login.hpp"

namespace tidings {

namespace {

std::string try_it(const catalog& models, const std::string& url) {
  for (auto& model : models.models())
    if (model->commands.contains("CreateLocation"))
      return "Ready. Try:\n  curl -s " + url + "/locations -H 'Content-Type: application/json' -H 'Prefer: wait=5' \\\n"
             "    -d '{\"name\":\"Falmouth\",\"category\":\"Town\",\"description\":\"By the sea\"}'\n";
  return "Ready.\n";
}

std::string url_of(const boost::asio::ip::tcp::endpoint& endpoint, bool tls) {
  auto host = endpoint.address().is_v6() ? '[' + endpoint.address().to_string() + ']' : endpoint.address().to_string();
  return (tls ? "https://" : "http://") + host + ':' + std::to_string(endpoint.port());
}

int refuse(const caf::error& why) {
  return refuse_to_start(failure_of(why).detail);
}

} // namespace

int serve(const serve_options& options) {
  if (auto why = startup::check_durability(options.promise, options.nats); !why.empty()) return refuse_to_start(why);
  auto sources = startup::read_models(options.models);
  if (!sources) return refuse(sources.error());
  auto models = startup::make_catalog(*sources);
  if (!models) return refuse(models.error());
  if (auto err = net::nats_login{options.nats_secrets}.check()) return refuse(err);
  io_loops loops; // outlive the actor systems
  for (uint32_t i = 0; i < options.threads; ++i) loops.push_back(std::make_unique<boost::asio::io_context>(1));
  auto acceptors = startup::listen(loops, options.listen);
  if (!acceptors) return refuse(acceptors.error());
  auto endpoint = acceptors->front()->local_endpoint();
  auto served = has_role(options, "gateway") ? models : catalog::make({});
  if (auto err = front_door::check(options.door, **served, !endpoint.address().is_loopback())) return refuse(err);
  auto keys = front_door::first_keys(options.door);
  if (!keys) return refuse(keys.error());
  std::shared_ptr<net::tls_identity> tls;
  if (!options.door.tls_certificate.empty()) {
    tls = std::make_shared<net::tls_identity>(options.door.tls_certificate, options.door.tls_key);
    if (auto err = tls->load()) return refuse(err);
  }
  std::unique_ptr<startup::store_lock> lock;
  uint16_t embedded_port = 0;
  if (options.nats == "embedded") {
    if (auto missing = startup::check_nats_server()) return refuse(missing);
    auto held = startup::store_lock::acquire(options.store);
    if (!held) return refuse(held.error());
    lock = std::move(*held);
    auto port = startup::free_port(*loops.front());
    if (!port) return refuse(port.error());
    embedded_port = *port;
  }
  start_log(options.log_level, options.log_format == "json" ? log_style::json_lines : log_style::text, options.threads > 1);
  std::signal(SIGPIPE, SIG_IGN);
  startup::prefer_large_pages();
  auto open_files = startup::raise_open_files();
  spdlog::debug("{} files may be open", open_files);
  if (auto cores = std::thread::hardware_concurrency(); cores != 0 && options.threads > cores)
    spdlog::warn("--threads {} is more than this machine's {} cores", options.threads, cores);
  process_parts shared{options, make_session_id(), embedded_port,
                       std::make_shared<connection_places>(front_door::connections_of(options.door, open_files, options.threads), options.door.max_per_address),
                       front_door::make_places(options.door),
                       options.door.rate_limit > 0 ? std::make_shared<request_quota>(options.door.rate_limit) : nullptr, tls};
  auto tickets = std::make_shared<event_tickets>();
  process gateway{loops, shared, tls};
  for (size_t i = 0; i < loops.size(); ++i) {
    auto own = *startup::make_catalog(*sources); // it did once already
    gateway.add_shard(std::move(own), std::move((*acceptors)[i]), front_door::make_gatekeeper(options.door, *keys, tickets));
  }
  auto url = url_of(endpoint, tls != nullptr);
  std::cout << "Tidings " << TIDINGS_VERSION << " listens on " << url << '\n';
  if (embedded_port != 0) std::cout << "NATS: embedded at nats://127.0.0.1:" << embedded_port << ", store " << options.store << '\n';
  else std::cout << "NATS: " << without_secrets(options.nats) << '\n';
  if (options.threads > 1) std::cout << "Threads: " << options.threads << '\n';
  std::cout << std::flush;
  return gateway.run(try_it(**models, url));
}

} // namespace tidings
