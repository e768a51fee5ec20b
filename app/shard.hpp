// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include "actors/caller_places.hpp"
#include "actors/connection_places.hpp"
#include "actors/gatekeeper.hpp"
#include "actors/metrics.hpp"
#include "actors/own_commands.hpp"
#include "actors/request_quota.hpp"
#include "app/serve_options.hpp"
#include "app/shutdown.hpp"
#include "model/catalog.hpp"
#include "net/tls_server.hpp"

namespace tidings {

/// What a process has once, whatever the number of its shards. Shards on several threads use it.
struct process_parts {
  const serve_options& options;
  std::string id;                                  ///< Unlike that of any other process.
  uint16_t embedded_port = 0;                      ///< Of the embedded nats-server; 0: there is none.
  std::shared_ptr<connection_places> places;
  std::shared_ptr<caller_places> callers;          ///< Null: no limits for one caller.
  std::shared_ptr<request_quota> quota;            ///< Null: requests are not counted.
  std::shared_ptr<const net::tls_identity> tls;    ///< Null: plain HTTP.
};

/// What one shard is made of.
struct shard_parts {
  size_t number = 0;
  catalog_ptr models;
  std::shared_ptr<boost::asio::ip::tcp::acceptor> acceptor; ///< On the shard's loop.
  std::shared_ptr<gatekeeper> door;
  /// The shard cannot go on: ends the process with the exit code. The sentence, if any, is for standard error.
  /// Called on the shard's thread.
  std::function<void(int exit_code, std::string sentence)> fail;
};

/// A whole gateway on one thread: its own listener, connection to NATS, buses, read models and reactor. It shares nothing with
/// the other shards but process_parts, and hears from their commands as from those of another process: by NATS.
///
/// Until its thread runs the loop, and after that has returned, it belongs to the thread that made it; meanwhile everything but
/// the getters is called on the loop.
class shard {
public:
  /// @param io Outlives this.
  shard(boost::asio::io_context& io, const process_parts& shared, shard_parts own);

  void spawn();
  /// Several shards answer for the process together. @param all The reporters of all shards.
  void join(reporter_peers all);
  /// Says `text` on standard output once the whole process is ready.
  void announce(std::string text);
  void replace_keys(const std::vector<signing_key>& keys) { own_.door->replace_keys(keys); }

  /// Takes nothing new and settles what is under way (shutdown_sequence), then calls `drained`.
  void stop(std::function<void()> drained);
  /// Stops the embedded nats-server, if this shard keeps it, then calls `stopped`.
  void stop_server(std::function<void()> stopped);
  /// Ends all actors, then calls `gone`.
  void end(std::function<void()> gone);

  boost::asio::io_context& io() noexcept { return io_; }
  /// The way to our reporter for those of other shards; only with several. May be used, and dropped, on any thread while we are there.
  reporter_peer line();

private:
  bool is_alone() const noexcept { return shared_.options.threads == 1; }
  void spawn_nats();
  void spawn_streams();
  void spawn_reactors();
  void spawn_buses();
  void spawn_listener();
  /// Holds on to an actor that nothing here talks to, until the end.
  template <class Handle>
  Handle keep(Handle part) {
    others_.push_back(caf::actor_cast<caf::strong_actor_ptr>(part));
    return part;
  }
  /// A part that ends by itself ends the process.
  void end_with(const caf::strong_actor_ptr& part);
  void wait_for_the_last_actor();

  boost::asio::io_context& io_;
  const process_parts& shared_;
  shard_parts own_;
  caf::actor_system_config config_;
  caf::actor_system system_;
  metrics_ptr counts_;
  catalog_ptr served_; // no models without the role gateway
  running_parts parts_;
  nats_server_actor server_;
  process_reporter_actor reporter_;
  std::vector<reactor_actor> reactors_; // by partition, and one for the whole; none without the role
  query_bus_actor queries_;
  std::map<std::string, read_model_actor> read_models_;
  std::shared_ptr<own_commands> own_commands_; // null without the role reactor
  std::vector<caf::strong_actor_ptr> others_;
  boost::asio::steady_timer poll_;
  std::function<void()> gone_;
  bool ending_ = false;
};

} // namespace tidings
