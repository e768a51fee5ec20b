// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <caf/expected.hpp>

#include "actors/durability.hpp"
#include "model/catalog.hpp"

/// What must hold before the gateway starts. Every error is `errc::bad_configuration` or `bad_model` with one sentence
/// that says what to do.
namespace tidings::startup {

/// Text of a model, and what to call it in an error.
struct model_source {
  std::string text, name;
};

/// Reads the model files; none means the built-in locations example.
caf::expected<std::vector<model_source>> read_models(const std::vector<std::string>& files);

/// Makes models of them: one catalog for each thread, since all of it is counted references that threads would fight over.
caf::expected<catalog_ptr> make_catalog(const std::vector<model_source>& sources);

using acceptor_ptr = std::shared_ptr<boost::asio::ip::tcp::acceptor>;

/// Binds and listens on `host:port` (IPv6 in brackets), once on each of `loops`; the kernel spreads the clients among them.
/// @returns as many acceptors, all of one address.
caf::expected<std::vector<acceptor_ptr>> listen(const std::vector<std::unique_ptr<boost::asio::io_context>>& loops, const std::string& address);

/// Holds the embedded server's directory: two servers on one store would destroy it.
class store_lock {
public:
  static caf::expected<std::unique_ptr<store_lock>> acquire(const std::string& directory);
  ~store_lock();
  store_lock(const store_lock&) = delete;
  store_lock& operator=(const store_lock&) = delete;

private:
  explicit store_lock(int fd) : fd_{fd} {}
  int fd_;
};

/// Lets the process have as many open sockets as the system allows; many start with a soft limit of 1,024.
/// @returns the limit that holds now.
uint64_t raise_open_files();

/// Has memory come in large pages where the system gives them for the asking. What commands store is new memory for ever, and to clear
/// it page by page took a tenth of a command's time.
void prefer_large_pages();

/// Whether nats-server can be found in PATH.
caf::error check_nats_server();

/// Why `promise` cannot be kept by the NATS at `nats` (`embedded`, or URLs), as one sentence; empty when nothing speaks
/// against it. Asks the server only where the answer depends on it.
std::string check_durability(durability promise, const std::string& nats);

/// A loopback port that was free a moment ago.
caf::expected<uint16_t> free_port(boost::asio::io_context& io);

} // namespace tidings::startup
