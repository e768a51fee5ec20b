// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>

#include <caf/error.hpp>
#include <caf/expected.hpp>

#include "net/nats_loop.hpp"
#include "net/nats_message.hpp"
#include "net/nats_secrets.hpp"

namespace tidings::net {

struct nats_options {
  std::string url;               ///< e.g. nats://127.0.0.1:4222; several separated by commas.
  std::string name = "tidings";  ///< Shown in the server's connection list.
  nats_secrets secrets = {};
};

/// One NATS connection on an io_context: RAII over nats.c in event-loop mode. Reconnects for ever.
/// All functions and callbacks belong to the io thread.
class nats_connection {
public:
  struct events {
    std::function<void()> readable;           ///< nats.c has read: drain the subscriptions.
    std::function<void(bool)> connected;      ///< The connection came up (true) or went down (false).
    std::function<void(std::string)> trouble; ///< A sentence for the log.
    std::function<void()> gone = {}; ///< What was subscribed is void; once connected again, subscribe anew.
  };
  using subscription = std::unique_ptr<natsSubscription, void (*)(natsSubscription*)>;

  nats_connection(boost::asio::io_context& io, nats_options options, events on);
  ~nats_connection();
  nats_connection(const nats_connection&) = delete;
  nats_connection& operator=(const nats_connection&) = delete;

  /// Starts to connect, on a thread of its own since nats.c's connect blocks; retries until it succeeds.
  /// @returns `errc::bad_configuration` when the options cannot be used (e.g. a malformed URL).
  caf::error connect();

  /// Whether a publish made now goes to a server rather than into a buffer.
  bool connected() const noexcept;

  /// @returns `errc::unavailable` when nothing was sent, `errc::payload_too_large` above max_payload.
  caf::error publish(const std::string& subject, const std::string& reply, const nats_headers& headers,
                     std::string_view data);

  caf::expected<subscription> subscribe(const std::string& subject, const std::string& queue);

  /// Subscribes with a callback on the io thread. Slower than `subscribe` by a change of threads, but it sees *no responders*,
  /// which nats.c keeps from whoever drains.
  caf::expected<subscription> call_back(const std::string& subject, std::function<void(nats_message)> on_message);

  /// Moves what has arrived for `sub` into `out`.
  /// @returns how many messages.
  static size_t drain(natsSubscription* sub, std::vector<nats_message>& out);

  /// The server's largest payload in bytes; 0 before the first connection.
  int64_t max_payload() const noexcept;
  /// Bytes that wait to be written.
  int buffered() const noexcept;

private:
  class link;
  std::shared_ptr<link> link_;
};

} // namespace tidings::net
